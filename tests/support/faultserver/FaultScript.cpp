#include "tests/support/faultserver/FaultScript.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMetaEnum>

#include <array>
#include <numeric>
#include <utility>

namespace packmule {

namespace {

using Act = LocalStoreFault::Act;
using Operation = LocalStoreCall::Operation;

constexpr std::array kActs{
    std::pair{"None", Act::None}, std::pair{"AnswerEarly", Act::AnswerEarly}, std::pair{"AnswerInstead", Act::AnswerInstead},
    std::pair{"AnswerAfter", Act::AnswerAfter}, std::pair{"CloseAfterRequest", Act::CloseAfterRequest},
    std::pair{"CloseAfterDoing", Act::CloseAfterDoing}, std::pair{"ResetAt", Act::ResetAt}, std::pair{"StopReadingAt", Act::StopReadingAt},
    std::pair{"TruncateAnswerAt", Act::TruncateAnswerAt}, std::pair{"DelayAnswer", Act::DelayAnswer}, std::pair{"RawAnswer", Act::RawAnswer},
    std::pair{"RawAnswerAfter", Act::RawAnswerAfter}, std::pair{"WhitespaceThen", Act::WhitespaceThen}};

constexpr std::array kOperations{
    std::pair{"ListBuckets", Operation::ListBuckets}, std::pair{"CreateBucket", Operation::CreateBucket},
    std::pair{"DeleteBucket", Operation::DeleteBucket}, std::pair{"HeadBucket", Operation::HeadBucket},
    std::pair{"GetBucketConfiguration", Operation::GetBucketConfiguration}, std::pair{"ListObjects", Operation::ListObjects},
    std::pair{"ListMultipartUploads", Operation::ListMultipartUploads}, std::pair{"PutObject", Operation::PutObject},
    std::pair{"GetObject", Operation::GetObject}, std::pair{"HeadObject", Operation::HeadObject},
    std::pair{"DeleteObject", Operation::DeleteObject}, std::pair{"CreateMultipartUpload", Operation::CreateMultipartUpload},
    std::pair{"UploadPart", Operation::UploadPart}, std::pair{"ListParts", Operation::ListParts},
    std::pair{"CompleteMultipartUpload", Operation::CompleteMultipartUpload},
    std::pair{"AbortMultipartUpload", Operation::AbortMultipartUpload}, std::pair{"Unknown", Operation::Unknown}};

QByteArray filledIn(QByteArray text, const LocalStoreCall &call)
{
    text.replace("{bucket}", call.bucket);
    text.replace("{key}", call.key);
    text.replace("{uploadId}", call.uploadId);
    text.replace("{partNumber}", QByteArray::number(call.partNumber));
    return text;
}

bool matches(const FaultRule &rule, const LocalStoreCall &call)
{
    return (!rule.operation || *rule.operation == call.operation) && (rule.key.isEmpty() || rule.key == call.key)
           && (rule.part == 0 || rule.part == call.partNumber);
}

}  // namespace

QByteArray operationName(Operation operation)
{
    for (const auto &[name, value] : kOperations) {
        if (value == operation)
            return name;
    }
    return {};
}

std::optional<Operation> operationFromName(const QByteArray &name)
{
    for (const auto &[known, value] : kOperations) {
        if (name == known)
            return value;
    }
    return std::nullopt;
}

Result<FaultRule> FaultRule::fromJson(const QJsonObject &json)
{
    const auto text = [&json](const char *name) { return json.value(QLatin1String(name)).toString().toUtf8(); };
    const auto number = [&json](const char *name, int otherwise) { return json.value(QLatin1String(name)).toInt(otherwise); };
    FaultRule rule;
    const QByteArray operation = text("operation");
    rule.operation = operationFromName(operation);
    if (!operation.isEmpty() && !rule.operation)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("no such operation: %1").arg(QString::fromUtf8(operation)));
    const QByteArray act = text("act");
    const auto known = std::find_if(kActs.begin(), kActs.end(), [&act](const auto &item) { return act == item.first; });
    if (known == kActs.end())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("no such act: %1").arg(QString::fromUtf8(act)));
    rule.key = text("key");
    rule.part = number("part", 0);
    rule.occurrence = number("occurrence", 1);
    rule.times = number("times", 1);
    rule.every = std::max(1, number("every", 1));
    rule.percent = number("percent", 100);
    rule.fault.act = known->second;
    rule.fault.status = number("status", 500);
    rule.fault.code = text("code");
    rule.fault.body = text("body");
    rule.fault.offset = json.value(QLatin1String("offset")).toInteger();
    rule.fault.delay = Milliseconds(number("delayMs", 0));
    const QJsonObject headers = json.value(QLatin1String("headers")).toObject();
    for (auto field = headers.begin(); field != headers.end(); ++field)
        rule.fault.headers.append({field.key().toUtf8(), field.value().toString().toUtf8()});
    return rule;
}

Result<void> FaultScript::replace(const QByteArray &json)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isArray())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("the script is not a JSON list"));
    QList<Entry> entries;
    const QJsonArray list = document.array();
    for (const QJsonValue &item : list) {
        const auto rule = FaultRule::fromJson(item.toObject());
        if (!rule)
            return failure(ErrorKind::InvalidRequest, QStringLiteral("rule %1: %2").arg(entries.size() + 1).arg(rule.error().detail));
        entries.append({*rule, 0, 0});
    }
    m_entries = entries;
    return {};
}

bool FaultScript::strikes(Entry &entry)
{
    const FaultRule &rule = entry.rule;
    const int position = ++entry.matched - rule.occurrence;  // 0 for the first that may be struck
    if (position < 0 || (rule.times > 0 && position / rule.every >= rule.times) || position % rule.every != 0)
        return false;
    return rule.percent >= 100 || int(m_random() % 100) < rule.percent;
}

LocalStoreFault FaultScript::next(const LocalStoreCall &call)
{
    LocalStoreFault chosen;
    bool isChosen = false;
    for (Entry &entry : m_entries) {
        if (!matches(entry.rule, call) || !strikes(entry) || isChosen)
            continue;
        isChosen = true;
        ++entry.struck;
        chosen = entry.rule.fault;
        chosen.body = filledIn(chosen.body, call);
        for (auto &[name, value] : chosen.headers)
            value = filledIn(value, call);
    }
    return chosen;
}

int FaultScript::struckCount() const
{
    return std::accumulate(m_entries.begin(), m_entries.end(), 0, [](int sum, const Entry &entry) { return sum + entry.struck; });
}

}  // namespace packmule
