#pragma once

#include "core/transfer/ConnectionFinding.h"

#include <QCoreApplication>
#include <QString>

namespace packmule {

/// A finding of the connection test as the person reads it. Thread: GUI.
class FindingText
{
    Q_DECLARE_TR_FUNCTIONS(FindingText)

public:
    /// What was looked at: "Clock".
    static QString title(ConnectionFinding::Check check);
    /// "OK", "Failed", "Not known": the state in a word, for those who see no icon.
    static QString outcome(ConnectionFinding::Outcome outcome);
    /// What was found, and what to do about it where it failed. One or two sentences.
    static QString sentence(const ConnectionFinding &finding);
    static QString failed(const Error &error);

private:
    static QString adviceFor(const Error &error);
    static QString passed(const ConnectionFinding &finding);
    static QString doubted(const ConnectionFinding &finding);
};

}  // namespace packmule
