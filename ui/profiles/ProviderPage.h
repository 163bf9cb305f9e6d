#pragma once

#include <QByteArray>
#include <QWidget>

class QLabel;

namespace packmule {

/// The first page of the connection dialog: whose store it is. Thread: GUI.
class ProviderPage final : public QWidget
{
    Q_OBJECT

public:
    struct Ways {
        bool hasAwsProfiles = false, hasTryHere = false;
    };
    explicit ProviderPage(Ways ways, QWidget *parent = nullptr);

    /// What keeps "try it here" from starting, or that it is being started; empty: nothing.
    void setNote(const QString &sentence);

Q_SIGNALS:
    /// By the card's provider profile.
    void providerChosen(const QByteArray &provider);
    void awsProfilesChosen();
    void tryHereChosen();

private:
    QLabel *m_note;
};

}  // namespace packmule
