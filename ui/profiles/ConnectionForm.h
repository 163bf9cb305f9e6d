#pragma once

#include "ui/profiles/ConnectionDraft.h"
#include "ui/profiles/ProviderCards.h"

#include <QWidget>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;

namespace packmule {

class SecretField;

/// The fields of one connection. Thread: GUI.
class ConnectionForm final : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectionForm(QWidget *parent = nullptr);

    /// A new connection at this provider.
    void begin(const ProviderCard &card);
    /// @param hasKeptSecret one is saved for it.
    void edit(const ConnectionProfile &profile, bool hasKeptSecret);
    void setAwsProfiles(const QStringList &names);
    /// The credentials come from one of AWS's profiles.
    void chooseAwsProfile();

    ConnectionDraft draft() const;
    /// The field is marked, gets the focus, and the sentence stands under the form; Field::None: nothing is wrong.
    void showProblem(const ConnectionDraft::Problem &problem);
    void forgetSecret();
    /// The first field that has something to be typed into it.
    void focusFirst();

Q_SIGNALS:
    void edited();

private:
    void makeFields();
    QLineEdit *addLine(const char *name, const QString &label, const QString &hint = {});
    void followRegion();
    void followName();
    void showFieldsOfCredentials();
    QWidget *widgetOf(ConnectionDraft::Field field) const;

    QFormLayout *m_layout;
    ProviderCard m_card;
    ConnectionProfile m_profile;     ///< what is not in the form stays as it was
    bool m_hasKeptSecret = false;
    bool m_fillsIn = false;          ///< of a new connection: address and name follow until they are typed
    QByteArray m_keptAccessKeyId;
    QLineEdit *m_name = nullptr, *m_endpoint = nullptr, *m_region = nullptr, *m_accessKeyId = nullptr, *m_bucket = nullptr, *m_prefix = nullptr,
              *m_caBundle = nullptr;
    QComboBox *m_credentials = nullptr, *m_awsProfile = nullptr, *m_addressing = nullptr;
    SecretField *m_secret = nullptr;
    QLabel *m_problem = nullptr;
};

}  // namespace packmule
