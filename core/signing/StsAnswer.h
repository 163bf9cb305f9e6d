#pragma once

#include "core/base/Result.h"
#include "core/net/HttpTransport.h"
#include "core/signing/Credentials.h"

namespace packmule {

/// The credentials in an answer to AssumeRole, or the Error in it. Pure. Errors: by the codes of the STS API ("Common
/// errors" and AssumeRole); MalformedAnswer for XML that is none, has a document type, or lacks a field.
Result<Credentials> credentialsFromSts(const HttpResponse &response);

}  // namespace packmule
