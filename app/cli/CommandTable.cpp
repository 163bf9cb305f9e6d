#include "app/cli/CommandTable.h"

#include "app/cli/CommandBucket.h"
#include "app/cli/CommandCompletion.h"
#include "app/cli/CommandConfig.h"
#include "app/cli/CommandConnections.h"
#include "app/cli/CommandDoctor.h"
#include "app/cli/CommandHead.h"
#include "app/cli/CommandLocalStore.h"
#include "app/cli/CommandLs.h"
#include "app/cli/CommandPut.h"
#include "app/cli/CommandQueue.h"
#include "app/cli/CommandResume.h"
#include "app/cli/CommandRm.h"
#include "app/cli/CommandServe.h"
#include "app/cli/CommandUploads.h"
#include "app/cli/CommandVerify.h"

namespace packmule {

const std::vector<CommandEntry> &commandTable()
{
    static const std::vector<CommandEntry> table = {
        {"put", "Upload files and folders; the same command again carries on", "packmule put -r photos s3://my-bucket/photos/", declarePut, false},
        {"resume", "Carry on everything unfinished, until done", "packmule resume", declareResume, false},
        {"queue ls", "List the transfers", "packmule queue ls", declareQueueLs, true},
        {"queue pause", "Pause transfers", "packmule queue pause 12 13", declareQueuePause, false},
        {"queue resume", "Let paused transfers go on", "packmule queue resume 12", declareQueueResume, false},
        {"queue retry", "Try failed transfers again", "packmule queue retry --all", declareQueueRetry, false},
        {"queue remove", "Forget transfers and abort their uploads on the server", "packmule queue remove 12", declareQueueRemove, false},
        {"queue watch", "Show what happens, until Ctrl-C", "packmule queue watch", declareQueueWatch, false},
        {"ls", "List buckets, or objects below a prefix", "packmule ls s3://my-bucket/films/", declareLs, false},
        {"head", "Show what the store says of an object", "packmule head s3://my-bucket/films/holiday.mov", declareHead, false},
        {"rm", "Delete objects", "packmule rm -r s3://my-bucket/old/", declareRm, false},
        {"mb", "Make a bucket", "packmule mb s3://my-bucket", declareMb, false},
        {"rb", "Remove an empty bucket", "packmule rb s3://my-bucket", declareRb, false},
        {"uploads ls", "List unfinished multipart uploads, of any tool", "packmule uploads ls s3://my-bucket", declareUploadsLs, false},
        {"uploads abort", "Abort unfinished multipart uploads", "packmule uploads abort s3://my-bucket --older-than 7d", declareUploadsAbort, false},
        {"doctor", "Check endpoint, clock, rights and what the store can do", "packmule doctor s3://my-bucket/films/", declareDoctor, false},
        {"verify", "Prove that an object is a file", "packmule verify holiday.mov s3://my-bucket/films/holiday.mov", declareVerify, false},
        {"serve", "Serve streams from a folder, to append to and to follow", "packmule serve --root ~/streams --listen 127.0.0.1:8080", declareServe, false},
        {"local-store", "Serve S3 from a folder, to try Packmule without an account", "packmule local-store --root ~/s3 --listen 127.0.0.1:9000", declareLocalStore, false},
        {"config connections ls", "List the saved connections", "packmule config connections ls", declareConnectionsLs, true},
        {"config connections add", "Save a connection; its secret goes to the keyring", "packmule config connections add studio --endpoint-url https://s3.example --access-key-id AKID", declareConnectionsAdd, false},
        {"config connections edit", "Change a saved connection", "packmule config connections edit studio --new-secret", declareConnectionsEdit, false},
        {"config connections rm", "Forget a saved connection and its secret", "packmule config connections rm studio", declareConnectionsRm, false},
        {"config connections test", "Check a saved connection, as doctor does", "packmule config connections test studio", declareConnectionsTest, false},
        {"config connections export", "Write the saved connections, without secrets", "packmule config connections export connections.json", declareConnectionsExport, false},
        {"config connections import", "Add connections that were exported", "packmule config connections import connections.json", declareConnectionsImport, false},
        {"config show", "List the settings", "packmule config show --origin", declareConfigShow, true},
        {"config get", "Print one setting", "packmule config get transfers.slots", declareConfigGet, false},
        {"config set", "Change one setting", "packmule config set transfers.slots 8", declareConfigSet, false},
        {"completion", "Print a completion script", "source <(packmule completion bash)", declareCompletion, false},
    };
    return table;
}

const char *groupSummary(const std::string &group)
{
    if (group == "queue")
        return "The persistent list of transfers";
    if (group == "uploads")
        return "Unfinished multipart uploads on the server";
    if (group == "config")
        return "Settings and saved connections, those of the window too";
    if (group == "config connections")
        return "The saved connections";
    return "";
}

}  // namespace packmule
