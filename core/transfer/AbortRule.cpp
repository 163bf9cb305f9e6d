#include "core/transfer/AbortRule.h"

#include <QXmlStreamReader>

#include <algorithm>

namespace packmule {

namespace {

/// One <Rule>; the reader stands on its start.
std::optional<AbortRule> readRule(QXmlStreamReader &xml)
{
    AbortRule rule;
    bool isEnabled = false;
    QStringList path;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isEndElement()) {
            if (path.isEmpty())
                break;
            path.removeLast();
            continue;
        }
        if (!xml.isStartElement())
            continue;
        const QString name = xml.name().toString();
        if (name == QLatin1String("Prefix")) {
            rule.prefix = xml.readElementText(QXmlStreamReader::SkipChildElements).toUtf8();
        } else if (name == QLatin1String("Status")) {
            isEnabled = xml.readElementText(QXmlStreamReader::SkipChildElements).trimmed() == QLatin1String("Enabled");
        } else if (name == QLatin1String("DaysAfterInitiation")) {
            rule.days = xml.readElementText(QXmlStreamReader::SkipChildElements).trimmed().toInt();
        } else {
            path.append(name);
        }
    }
    if (!isEnabled || rule.days < 1)
        return std::nullopt;
    return rule;
}

}  // namespace

QList<AbortRule> abortRulesFrom(const QByteArray &lifecycleXml)
{
    QList<AbortRule> rules;
    QXmlStreamReader xml(lifecycleXml);
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement() || xml.name() != QLatin1String("Rule"))
            continue;
        if (const auto rule = readRule(xml))
            rules.append(*rule);
    }
    return xml.hasError() ? QList<AbortRule>() : rules;
}

std::optional<int> daysUntilAbort(const QList<AbortRule> &rules, const QByteArray &key)
{
    std::optional<int> days;
    for (const AbortRule &rule : rules) {
        if (key.startsWith(rule.prefix))
            days = days ? std::min(*days, rule.days) : rule.days;
    }
    return days;
}

std::optional<WallTime> abortTime(const QList<AbortRule> &rules, const QByteArray &key, WallTime initiated)
{
    const auto days = daysUntilAbort(rules, key);
    if (!days)
        return std::nullopt;
    return std::chrono::ceil<std::chrono::days>(initiated + std::chrono::days(*days));
}

}  // namespace packmule
