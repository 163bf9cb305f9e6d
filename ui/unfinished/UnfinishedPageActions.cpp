// The second half of UnfinishedPage: what it says, and what is done with the uploads shown.
#include "ui/unfinished/UnfinishedPage.h"

#include "core/base/Redaction.h"
#include "ui/browse/StoreNotice.h"
#include "ui/browse/StorePlace.h"
#include "ui/common/AmountText.h"
#include "ui/common/ErrorText.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPointer>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

namespace packmule {

void UnfinishedPage::showState()
{
    using State = UnfinishedPresenter::State;
    const State state = m_presenter.state();
    const bool isEmpty = m_presenter.model().rowCount() == 0;
    bool showsNotice = true;
    if (m_connections.isEmpty())
        m_notice->say(tr("No connection yet"), tr("A connection says where a store is and who you are there."), tr("Add a connection…"));
    else if (state == State::Idle)
        m_notice->say(tr("Choose a bucket"), tr("Here are the uploads that somebody began and never finished. Their parts take up room that is paid for."));
    else if (isEmpty && state == State::Loading)
        m_notice->say(tr("Asking the store…"), {});
    else if (isEmpty && state == State::Failed)
        m_notice->say(*m_presenter.error());
    else if (isEmpty)
        m_notice->say(tr("Nothing unfinished here"), tr("No upload to this bucket is under way or forgotten."));
    else if (m_order.rowCount() == 0)
        m_notice->say(tr("No upload has such a name"), tr("Other unfinished uploads are there. Clear the field to see them."));
    else
        showsNotice = false;
    m_stack->setCurrentWidget(showsNotice ? static_cast<QWidget *>(m_notice) : m_table);
    showFoot();
    judgeActions();
}

void UnfinishedPage::showFoot()
{
    using State = UnfinishedPresenter::State;
    const State state = m_presenter.state();
    const UnfinishedModel &model = m_presenter.model();
    int counted = 0;
    ByteCount bytes;
    for (int number = 0; number < model.rowCount(); ++number) {
        if (model.row(number).counting == UnfinishedRow::Counting::Done) {
            ++counted;
            bytes += model.row(number).bytes;
        }
    }
    if (model.rowCount() == 0)
        m_foot->setText({});
    else if (state == State::Failed)
        m_foot->setText(tr("This is not all: the list could not be read to its end. %1", "%1 is a sentence").arg(ErrorText::cause(*m_presenter.error())));
    else if (state == State::Partial)
        m_foot->setText(tr("%n upload(s), and there are more.", "", model.rowCount()));
    else if (counted == model.rowCount())
        m_foot->setText(tr("%n upload(s), %1 in all", "%1 is a size", model.rowCount()).arg(AmountText::bytes(bytes)));
    else
        m_foot->setText(tr("%n upload(s)", "", model.rowCount()));
    m_more->setEnabled(model.rowCount() > 0 && (state == State::Partial || state == State::Failed));
    m_moreButton->setVisible(m_more->isEnabled());
}

void UnfinishedPage::judgeActions()
{
    const bool hasSelection = m_table->selectionModel()->hasSelection();
    m_refresh->setEnabled(!m_connections.isEmpty());
    m_abort->setEnabled(hasSelection);
    m_copyUri->setEnabled(hasSelection);
    m_copyUploadId->setEnabled(hasSelection);
}

void UnfinishedPage::countVisible()
{
    if (!m_table->isVisible())
        return;
    QList<UnfinishedModel::Id> rows;
    const int first = m_table->rowAt(0);
    const int last = m_table->rowAt(m_table->viewport()->height() - 1);
    for (int shown = std::max(first, 0); first >= 0 && shown <= (last < 0 ? m_order.rowCount() - 1 : last); ++shown)
        rows.append(UnfinishedModel::idOf(m_presenter.model().row(m_order.mapToSource(m_order.index(shown, 0)).row()).upload));
    m_presenter.count(rows);
}

QList<UnfinishedModel::Id> UnfinishedPage::selected() const
{
    QList<UnfinishedModel::Id> rows;
    for (const QModelIndex &shown : m_table->selectionModel()->selectedRows())
        rows.append(UnfinishedModel::idOf(m_presenter.model().row(m_order.mapToSource(shown).row()).upload));
    return rows;
}

void UnfinishedPage::prepareToAbort()
{
    const QList<UnfinishedModel::Id> rows = selected();
    if (!rows.isEmpty())
        m_presenter.lookAtOwners([this, rows](bool isKnown) { askToAbort(rows, isKnown); });
}

void UnfinishedPage::askToAbort(const QList<UnfinishedModel::Id> &rows, bool areOwnersKnown)
{
    const int count = static_cast<int>(rows.size());
    const int needed = m_presenter.needed(rows);
    QList<UnfinishedModel::Id> others;
    for (const UnfinishedModel::Id &id : rows) {
        if (m_presenter.needed({id}) == 0)
            others.append(id);
    }
    UserQuestion question;
    question.title = tr("Abort uploads");
    question.text = count == 1 ? tr("Abort the upload of “%1”? Its parts are deleted from the store and cannot be brought back.").arg(displayName(rows.first().first))
                               : tr("Abort %n upload(s)? Their parts are deleted from the store and cannot be brought back.", "", count);
    if (needed > 0 && count == 1)
        question.text += QLatin1String("\n\n") + tr("A transfer in your list goes on with this upload, and then begins anew.");
    else if (needed > 0)
        question.text += QLatin1String("\n\n") + tr("%n of them belong(s) to transfers in your list, which then begin anew.", "", needed);
    if (!areOwnersKnown)
        question.text += QLatin1String("\n\n") + tr("Your list of transfers could not be read just now: one of them may still go on with such an upload.");
    question.choices = {tr("Keep", "uploads")};
    const bool offersOthers = needed > 0 && !others.isEmpty();
    if (offersOthers)
        question.choices.append(tr("Abort the other %n", "uploads", static_cast<int>(others.size())));
    question.choices.append(needed > 0 && count > 1 ? tr("Abort all %n", "uploads", count) : tr("Abort", "uploads"));
    m_services.prompts.ask(question, [page = QPointer(this), bucket = m_presenter.bucket(), rows, others, offersOthers](const UserAnswer &answer) {
        if (!page || answer.choice == 0 || page->m_presenter.bucket() != bucket)
            return;
        page->m_presenter.abort(offersOthers && answer.choice == 1 ? others : rows);
    });
}

void UnfinishedPage::takeAborted(int aborted, int failed, const std::optional<Error> &error)
{
    if (failed > 0 && error)
        Q_EMIT said(tr("%n upload(s) could not be aborted. %1", "%1 is a sentence", failed).arg(ErrorText::cause(*error)));
    else
        Q_EMIT said(tr("%n upload(s) aborted.", "", aborted));
}

void UnfinishedPage::copyUris()
{
    const QList<UnfinishedModel::Id> rows = selected();
    QStringList uris;
    for (const UnfinishedModel::Id &id : rows) {
        if (const auto uri = StorePlace::copyableUri({m_presenter.bucket(), id.first}))
            uris.append(*uri);
    }
    const int left = static_cast<int>(rows.size() - uris.size());
    if (!uris.isEmpty())
        QGuiApplication::clipboard()->setText(uris.join(QLatin1Char('\n')));
    if (left > 0)
        Q_EMIT said(tr("%n URI(s) cannot be copied: text cannot hold the bytes of these names.", "", left));
    else
        Q_EMIT said(tr("%n URI(s) copied.", "", static_cast<int>(uris.size())));
}

void UnfinishedPage::copyUploadIds()
{
    QStringList ids;
    for (const UnfinishedModel::Id &id : selected())
        ids.append(displayName(id.second));
    QGuiApplication::clipboard()->setText(ids.join(QLatin1Char('\n')));
    Q_EMIT said(tr("%n upload ID(s) copied.", "", static_cast<int>(ids.size())));
}

void UnfinishedPage::showMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("unfinishedMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_copyUri, m_copyUploadId});
    menu->addSeparator();
    menu->addActions({m_refresh, m_abort});
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

}  // namespace packmule
