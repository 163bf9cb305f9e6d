#include "ui/profiles/ConnectionDialog.h"

#include "ui/common/ErrorText.h"
#include "ui/common/Palette.h"
#include "ui/profiles/ConnectionChecklist.h"
#include "ui/profiles/ConnectionForm.h"
#include "ui/profiles/FindingText.h"
#include "ui/profiles/ProviderPage.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace packmule {

using Source = ConnectionProfile::Credentials;

ConnectionDialog::ConnectionDialog(const ConnectionServices &services, Occasion occasion, QWidget *parent) : QDialog(parent), m_services(services)
{
    build(occasion);
    showProviders();
}

ConnectionDialog::ConnectionDialog(const ConnectionServices &services, const ConnectionProfile &profile, QWidget *parent) : QDialog(parent), m_services(services)
{
    const bool isKnown = services.settings.connection(profile.id).has_value();
    build(isKnown ? Occasion::Edit : Occasion::Add);
    m_form->edit(profile, isKnown && profile.credentials == Source::Saved && !profile.accessKeyId.isEmpty());
    m_pages->setCurrentIndex(1);
    m_back->setVisible(false);
    showButtons();
}

void ConnectionDialog::build(Occasion occasion)
{
    setObjectName(QStringLiteral("connectionDialog"));
    setWindowTitle(occasion == Occasion::Edit ? tr("Edit connection") : occasion == Occasion::Add ? tr("Add a connection") : tr("Welcome to Packmule"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *layout = new QVBoxLayout(this);
    if (occasion == Occasion::FirstRun) {
        auto *welcome = new QLabel(tr("Packmule carries files to a store that speaks S3, and carries on after anything that happens on the way. "
                                      "First it needs to know where to. You can change this later, or skip it."), this);
        welcome->setObjectName(QStringLiteral("welcome"));
        welcome->setTextFormat(Qt::PlainText);
        welcome->setWordWrap(true);
        layout->addWidget(welcome);
    }
    m_pages = new QStackedWidget(this);
    m_providers = new ProviderPage({.hasAwsProfiles = bool(m_services.awsProfiles), .hasTryHere = bool(m_services.tryHere)}, this);
    m_pages->addWidget(m_providers);
    m_pages->addWidget(buildFormPage());
    layout->addWidget(m_pages, 1);
    auto *buttons = new QDialogButtonBox(this);
    const auto add = [this, buttons](const char *name, const QString &text, QDialogButtonBox::ButtonRole role) {
        auto *button = buttons->addButton(text, role);
        button->setObjectName(QLatin1String(name));
        button->setAutoDefault(false);
        return button;
    };
    m_back = add("back", tr("Back"), QDialogButtonBox::ResetRole);
    m_test = add("testConnection", tr("Test"), QDialogButtonBox::ActionRole);
    m_saveAnyway = add("saveAnyway", tr("Save anyway"), QDialogButtonBox::ActionRole);
    m_save = add("saveConnection", tr("Test and save"), QDialogButtonBox::ActionRole);
    m_save->setDefault(true);
    auto *cancel = add("cancelConnection", occasion == Occasion::FirstRun ? tr("Skip", "the first connection") : tr("Cancel"), QDialogButtonBox::RejectRole);
    layout->addWidget(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_back, &QPushButton::clicked, this, &ConnectionDialog::showProviders);
    connect(m_test, &QPushButton::clicked, this, [this] { test(false); });
    connect(m_save, &QPushButton::clicked, this, [this] { test(true); });
    connect(m_saveAnyway, &QPushButton::clicked, this, &ConnectionDialog::save);
    connect(m_providers, &ProviderPage::providerChosen, this, &ConnectionDialog::chooseProvider);
    connect(m_providers, &ProviderPage::awsProfilesChosen, this, &ConnectionDialog::chooseAwsProfiles);
    connect(m_providers, &ProviderPage::tryHereChosen, this, &ConnectionDialog::tryHere);
    resize(fontMetrics().averageCharWidth() * 105, fontMetrics().height() * 36);
}

QWidget *ConnectionDialog::buildFormPage()
{
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    m_form = new ConnectionForm(page);
    auto *scroll = new QScrollArea(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(m_form);
    scroll->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(scroll, 3);
    m_message = new QLabel(page);
    m_message->setObjectName(QStringLiteral("connectionMessage"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    layout->addWidget(m_message);
    m_checklist = new ConnectionChecklist(page);
    layout->addWidget(m_checklist, 2);
    connect(m_form, &ConnectionForm::edited, this, [this] {
        // What was found was found of something else.
        stopTest();
        m_mayInsist = false;
        m_checklist->begin();
        m_checklist->setVisible(false);
        say({}, false);
        showButtons();
    });
    m_checklist->setVisible(false);
    m_message->setVisible(false);
    return page;
}

void ConnectionDialog::showProviders()
{
    stopTest();
    m_pages->setCurrentIndex(0);
    m_back->setVisible(false);
    m_providers->setNote({});
    m_mayInsist = false;
    showButtons();
}

void ConnectionDialog::chooseProvider(const QByteArray &provider)
{
    m_call.cancel();
    m_form->begin(ProviderCards::of(QString::fromLatin1(provider)));
    m_pages->setCurrentIndex(1);
    m_back->setVisible(true);
    m_checklist->setVisible(false);
    say({}, false);
    showButtons();
    m_form->focusFirst();
    if (m_services.awsProfiles) {
        m_profilesCall = m_services.awsProfiles([this](const Result<QStringList> &names) {
            if (names)
                m_form->setAwsProfiles(*names);
        });
    }
}

void ConnectionDialog::chooseAwsProfiles()
{
    m_providers->setNote({});
    m_profilesCall = m_services.awsProfiles([this](const Result<QStringList> &names) {
        if (!names) {
            m_providers->setNote(tr("Your AWS files cannot be read: %1").arg(names.error().detail));
            return;
        }
        if (names->isEmpty()) {
            m_providers->setNote(tr("There are no AWS profiles on this computer."));
            return;
        }
        chooseProvider("aws");
        m_profilesCall.cancel();
        m_form->chooseAwsProfile();
        m_form->setAwsProfiles(*names);
    });
}

void ConnectionDialog::tryHere()
{
    m_providers->setNote(tr("The local store is being started…"));
    m_call = m_services.tryHere([this](const Result<ConnectionProfile> &started) {
        if (started)
            finish(*started);
        else
            m_providers->setNote(tr("The local store cannot be started: %1").arg(started.error().detail));
    });
}

bool ConnectionDialog::checkForm()
{
    const auto problem = m_form->draft().problem(m_services.settings.connections());
    m_form->showProblem(problem);
    return problem.field == ConnectionDraft::Field::None;
}

void ConnectionDialog::test(bool savesAfterwards)
{
    if (m_isTesting || m_isSaving || !checkForm())
        return;
    const ConnectionDraft draft = m_form->draft();
    m_isTesting = true;
    m_mayInsist = false;
    m_firstFailure.reset();
    m_checklist->begin();
    m_checklist->setVisible(true);
    say(tr("Testing the connection…"), false);
    showButtons();
    m_call = m_services.tester.test(
        draft.profile, draft.secret,
        [this](const ConnectionFinding &finding) {
            m_checklist->add(finding);
            if (finding.outcome == ConnectionFinding::Outcome::Failed && !m_firstFailure)
                m_firstFailure = finding.error.value_or(Error{});
        },
        [this, savesAfterwards] { endTest(savesAfterwards); });
}

void ConnectionDialog::endTest(bool savesAfterwards)
{
    m_isTesting = false;
    if (!m_firstFailure) {
        say(tr("The connection works."), false);
        showButtons();
        if (savesAfterwards)
            save();
        return;
    }
    const QString reason = FindingText::failed(*m_firstFailure);
    m_mayInsist = true;
    say(savesAfterwards ? tr("It was not saved, because the test failed. %1", "the reason follows as a sentence").arg(reason)
                        : tr("The test failed. %1", "the reason follows as a sentence").arg(reason), true);
    showButtons();
}

void ConnectionDialog::stopTest()
{
    if (!m_isSaving)
        m_call.cancel();
    m_isTesting = false;
}

void ConnectionDialog::save()
{
    if (m_isSaving || !checkForm())
        return;
    stopTest();
    const ConnectionDraft draft = m_form->draft();
    if (draft.secret.isEmpty())
        finish(draft.profile);
    else
        keepSecret(draft.profile, draft.secret);
}

void ConnectionDialog::keepSecret(const ConnectionProfile &profile, const QByteArray &secret)
{
    m_isSaving = true;
    say(tr("Asking the keyring to keep the secret…"), false);
    showButtons();
    m_call = m_services.secrets.write(profile.id, secret, [this, profile, secret](const SecretResult<SecretPlace> &place) {
        m_isSaving = false;
        showButtons();
        if (place) {
            finish(profile);
            return;
        }
        switch (place.error().kind) {
        case SecretError::Kind::NoKeyring:
        case SecretError::Kind::Absent:
        case SecretError::Kind::Failed:
            askForFile(profile, secret);
            return;
        case SecretError::Kind::NoAnswer:
            say(tr("The keyring does not answer. It may be waiting for its password in another window; then save again."), true);
            return;
        case SecretError::Kind::Refused:
            say(tr("The keyring is locked, so the secret cannot be kept. Unlock it, then save again."), true);
            return;
        }
    });
}

void ConnectionDialog::askForFile(const ConnectionProfile &profile, const QByteArray &secret)
{
    const QPointer<ConnectionDialog> alive(this);
    m_services.prompts.ask({.title = tr("No keyring"),
                            .text = tr("This session has no keyring that could keep the secret access key. Packmule can keep it in a file that only "
                                       "you can read; every program that you start can read it too."),
                            .choices = {tr("Do not save"), tr("Keep it in a file")},
                            .remember = {}},
                           [alive, profile, secret](const UserAnswer &answer) {
                               if (!alive)
                                   return;
                               if (answer.choice != 1) {
                                   alive->say(tr("It was not saved: there is no place for the secret."), true);
                                   return;
                               }
                               AppSettings settings = alive->m_services.settings.settings();
                               settings.keepsSecretsInFile = true;
                               alive->m_services.settings.setSettings(settings);
                               alive->keepSecret(profile, secret);
                           });
}

void ConnectionDialog::finish(const ConnectionProfile &profile)
{
    m_form->forgetSecret();
    m_services.settings.saveConnection(profile);
    Q_EMIT connectionSaved(profile);
    accept();
}

void ConnectionDialog::say(const QString &sentence, bool isBad)
{
    m_message->setText(sentence);
    m_message->setVisible(!sentence.isEmpty());
    QPalette colours = palette();
    if (isBad)
        colours.setColor(QPalette::WindowText, tone(Tone::Bad, palette()));
    m_message->setPalette(colours);
}

void ConnectionDialog::showButtons()
{
    const bool isForm = m_pages->currentIndex() == 1;
    m_test->setVisible(isForm);
    m_save->setVisible(isForm);
    m_saveAnyway->setVisible(isForm && m_mayInsist);
    m_test->setEnabled(!m_isTesting && !m_isSaving);
    m_save->setEnabled(!m_isTesting && !m_isSaving);
    m_saveAnyway->setEnabled(!m_isTesting && !m_isSaving);
}

}  // namespace packmule
