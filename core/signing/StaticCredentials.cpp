#include "core/signing/StaticCredentials.h"

#include <utility>

namespace packmule {

StaticCredentials::StaticCredentials(Result<Credentials> credentials, Scheduler &scheduler, Reread reread)
    : m_credentials(std::move(credentials)), m_scheduler(scheduler), m_reread(std::move(reread))
{
}

CallHandle StaticCredentials::read(bool fresh, std::function<void(Result<Credentials>)> done)
{
    if ((fresh || !m_credentials) && m_reread)
        m_credentials = m_reread();
    return m_scheduler.after(Milliseconds(0),
                             [done = std::move(done), credentials = m_credentials] { done(credentials); });
}

}  // namespace packmule
