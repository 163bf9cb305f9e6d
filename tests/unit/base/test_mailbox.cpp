#include "core/base/Mailbox.h"

#include <QCoreApplication>
#include <QTest>
#include <QThread>

#include <memory>
#include <thread>

using namespace packmule;

class TestMailbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsLaterAndInOrder()
    {
        Mailbox mailbox;
        QByteArray order;
        mailbox.post([&] { order += 'a'; });
        mailbox.post([&] { order += 'b'; });
        QCOMPARE(order, QByteArray());
        QTRY_COMPARE(order, QByteArray("ab"));
        mailbox.post([&] { order += 'c'; });
        QTRY_COMPARE(order, QByteArray("abc"));
    }

    void runsOnItsOwnThread()
    {
        Mailbox mailbox;
        QThread *ran = nullptr;
        std::jthread poster([&] { mailbox.post([&] { ran = QThread::currentThread(); }); });
        QTRY_VERIFY(ran);
        QCOMPARE(ran, QThread::currentThread());
    }

    void losesNothingFromManyThreads()
    {
        Mailbox mailbox;
        int count = 0;
        {
            std::vector<std::jthread> posters;
            for (int i = 0; i < 4; ++i) {
                posters.emplace_back([&] {
                    for (int n = 0; n < 1000; ++n)
                        mailbox.post([&count] { ++count; });
                });
            }
            QTRY_COMPARE(count, 4000);
        }
    }

    void aClosureMayPostAgain()
    {
        Mailbox mailbox;
        QByteArray order;
        mailbox.post([&] {
            mailbox.post([&] { order += 'b'; });
            order += 'a';
        });
        QTRY_COMPARE(order, QByteArray("ab"));
    }

    void aClosureMayDestroyTheMailbox()
    {
        auto mailbox = std::make_unique<Mailbox>();
        bool isGone = false;
        mailbox->post([&] { mailbox.reset(); isGone = true; });
        mailbox->post([] { QFAIL("its mailbox is gone"); });
        QTRY_VERIFY(isGone);
    }

    void destroyingItDropsWhatWaits()
    {
        auto mailbox = std::make_unique<Mailbox>();
        mailbox->post([] { QFAIL("its mailbox is gone"); });
        mailbox.reset();
        QCoreApplication::sendPostedEvents();
    }
};

QTEST_GUILESS_MAIN(TestMailbox)
#include "test_mailbox.moc"
