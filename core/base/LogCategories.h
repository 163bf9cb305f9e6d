#pragma once

#include <QLoggingCategory>

// All categories in one place; "packmule.*" switches them together.
Q_DECLARE_LOGGING_CATEGORY(lcTransfer)    // packmule.transfer
Q_DECLARE_LOGGING_CATEGORY(lcNet)         // packmule.net
Q_DECLARE_LOGGING_CATEGORY(lcS3)          // packmule.s3
Q_DECLARE_LOGGING_CATEGORY(lcJournal)     // packmule.journal
Q_DECLARE_LOGGING_CATEGORY(lcLocalStore)  // packmule.localstore
