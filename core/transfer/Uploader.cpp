#include "core/transfer/Uploader.h"

#include "core/transfer/FileUploader.h"

namespace packmule {

std::unique_ptr<Uploader> makeUploader(UploadContext context, TransferRecord record, const PutOptions &options,
                                       Uploader::Observer observer)
{
    return std::make_unique<FileUploader>(std::move(context), std::move(record), options, std::move(observer));
}

}  // namespace packmule
