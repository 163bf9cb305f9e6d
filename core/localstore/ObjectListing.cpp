#include "core/localstore/ObjectListing.h"

namespace packmule {

namespace {

using Entries = std::map<QByteArray, ObjectEntry>;

/// The first entry that does not begin with `prefix`, which is somewhere in front.
Entries::const_iterator behindPrefix(const Entries &entries, QByteArray prefix)
{
    while (prefix.endsWith('\xff'))
        prefix.chop(1);
    if (prefix.isEmpty())
        return entries.end();
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return entries.lower_bound(prefix);
}

Entries::const_iterator firstEntry(const Entries &entries, const ListingQuestion &question)
{
    if (question.after.isEmpty() || question.after < question.prefix)
        return entries.lower_bound(question.prefix);
    return question.afterIsPrefix ? behindPrefix(entries, question.after) : entries.upper_bound(question.after);
}

}  // namespace

ObjectListing listedObjects(const Entries &entries, const ListingQuestion &question)
{
    ObjectListing listing;
    if (question.pageSize == 0)
        return listing;
    auto at = firstEntry(entries, question);
    while (at != entries.end() && at->first.startsWith(question.prefix)) {
        if (listing.objects.size() + listing.commonPrefixes.size() == question.pageSize) {
            listing.isTruncated = true;
            return listing;
        }
        const qsizetype found = question.delimiter.isEmpty() ? -1 : at->first.indexOf(question.delimiter, question.prefix.size());
        listing.lastIsPrefix = found >= 0;
        if (found >= 0) {
            listing.last = at->first.left(found + question.delimiter.size());
            listing.commonPrefixes.append(listing.last);
            at = behindPrefix(entries, listing.last);
        } else {
            listing.last = at->first;
            listing.objects.append({at->first, &at->second});
            ++at;
        }
    }
    return listing;
}

}  // namespace packmule
