#include "core/base/LogCategories.h"

Q_LOGGING_CATEGORY(lcTransfer, "packmule.transfer", QtWarningMsg)
Q_LOGGING_CATEGORY(lcNet, "packmule.net", QtWarningMsg)
Q_LOGGING_CATEGORY(lcS3, "packmule.s3", QtWarningMsg)
Q_LOGGING_CATEGORY(lcJournal, "packmule.journal", QtWarningMsg)
Q_LOGGING_CATEGORY(lcLocalStore, "packmule.localstore", QtWarningMsg)
