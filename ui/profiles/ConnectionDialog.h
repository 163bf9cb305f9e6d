#pragma once

#include "ui/profiles/ConnectionServices.h"

#include <QDialog>

#include <optional>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace packmule {

class ConnectionChecklist;
class ConnectionForm;
class ProviderPage;

/// Adds or changes a connection: whose store it is, the fields, and a live test. It is saved once the test finds nothing
/// that keeps it from working, or when the person insists; until then the dialog stays and says why.
///
/// | state | on | then |
/// |---|---|---|
/// | choosing a provider | card | typing; "try it here": starting |
/// | typing | Test | testing, and back |
/// | typing | Save | testing; nothing failed: saving; else typing, with the reason and "Save anyway" |
/// | saving | secret kept, or none needed | closed; connectionSaved() |
/// | saving | no keyring | asks whether a file will do |
///
/// Opened with open() or show(). Thread: GUI.
class ConnectionDialog final : public QDialog
{
    Q_OBJECT

public:
    enum class Occasion { FirstRun, Add, Edit };

    /// A new connection.
    ConnectionDialog(const ConnectionServices &services, Occasion occasion, QWidget *parent = nullptr);
    /// Changes this one, or adds a copy of it (its id is then new).
    ConnectionDialog(const ConnectionServices &services, const ConnectionProfile &profile, QWidget *parent = nullptr);

Q_SIGNALS:
    void connectionSaved(const packmule::ConnectionProfile &profile);

private:
    void build(Occasion occasion);
    QWidget *buildFormPage();
    void showProviders();
    void chooseProvider(const QByteArray &provider);
    void chooseAwsProfiles();
    void tryHere();
    bool checkForm();
    void test(bool savesAfterwards);
    void endTest(bool savesAfterwards);
    void stopTest();
    void save();
    void keepSecret(const ConnectionProfile &profile, const QByteArray &secret);
    void askForFile(const ConnectionProfile &profile, const QByteArray &secret);
    void finish(const ConnectionProfile &profile);
    void say(const QString &sentence, bool isBad);
    void showButtons();

    ConnectionServices m_services;
    bool m_isTesting = false, m_isSaving = false, m_mayInsist = false;
    QStackedWidget *m_pages = nullptr;
    ProviderPage *m_providers = nullptr;
    ConnectionForm *m_form = nullptr;
    ConnectionChecklist *m_checklist = nullptr;
    QLabel *m_message = nullptr;
    QPushButton *m_back = nullptr, *m_test = nullptr, *m_save = nullptr, *m_saveAnyway = nullptr;
    std::optional<Error> m_firstFailure;
    CallHandle m_call, m_profilesCall;
};

}  // namespace packmule
