#pragma once

#include "core/localstore/StoreAnswer.h"
#include "core/localstore/StoreContext.h"

namespace packmule {

/// ListObjects (both versions) and ListMultipartUploads. Thread: the store's.
class ListOperations
{
public:
    explicit ListOperations(StoreContext &context) : m_context(context) {}

    S3Outcome<StoreAnswer> listObjects(const StoreRequest &request) const;
    S3Outcome<StoreAnswer> listUploads(const StoreRequest &request) const;

private:
    StoreContext &m_context;
};

/// A count in the query, capped at 1,000; InvalidArgument if it is not a number.
S3Outcome<int> pageSize(const StoreRequest &request, const QByteArray &name);

}  // namespace packmule
