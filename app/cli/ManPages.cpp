#include "app/cli/ManPages.h"

#include "app/cli/CommandTable.h"
#include "app/cli/ExitCode.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace packmule {

namespace {

/// Text for roff: nothing of it is taken for a request, and hyphens stay what one types.
QByteArray plain(QByteArray text)
{
    text.replace('\\', "\\e").replace('-', "\\-");
    QByteArray out;
    for (const QByteArray &line : text.split('\n')) {
        if (line.startsWith('.') || line.startsWith('\''))
            out += "\\&";
        out += line + '\n';
    }
    out.chop(1);
    return out;
}

QByteArray plain(const std::string &text)
{
    return plain(QByteArray::fromStdString(text));
}

QByteArray bold(const QByteArray &text)
{
    return "\\fB" + plain(text) + "\\fR";
}

QByteArray italic(const QByteArray &text)
{
    return "\\fI" + plain(text) + "\\fR";
}

QByteArray pageName(const QByteArray &path)
{
    return path.isEmpty() ? QByteArrayLiteral("packmule") : "packmule-" + QByteArray(path).replace(' ', '-');
}

/// What stands for the option's value in --help: "FILE", "{path,virtual,auto}".
QByteArray valueName(const CLI::Option &option)
{
    if (option.get_items_expected_max() == 0)
        return {};
    QByteArray type = QByteArray::fromStdString(option.get_type_name());
    if (const qsizetype open = type.indexOf('{'); open >= 0)
        type = type.mid(open + 1, type.lastIndexOf('}') - open - 1).replace(",", "|");
    return type.trimmed().isEmpty() ? QByteArrayLiteral("VALUE") : type;
}

QByteArray optionEntry(const CLI::Option &option)
{
    QByteArrayList names;
    for (const std::string &name : option.get_snames())
        names.append(bold('-' + QByteArray::fromStdString(name)));
    for (const std::string &name : option.get_lnames())
        names.append(bold("--" + QByteArray::fromStdString(name)));
    QByteArray out = ".TP\n" + names.join(", ");
    if (const QByteArray value = valueName(option); !value.isEmpty())
        out += ' ' + italic(value);
    out += '\n' + plain(option.get_description());
    if (!option.get_default_str().empty())
        out += " (default: " + plain(option.get_default_str()) + ')';
    return out + '\n';
}

QByteArray optionSections(const CLI::App &app)
{
    QByteArray out;
    for (const std::string &group : app.get_groups()) {
        QByteArray entries;
        for (const CLI::Option *option : app.get_options([&group](const CLI::Option *candidate) { return candidate->get_group() == group; })) {
            if (option->nonpositional())
                entries += optionEntry(*option);
        }
        if (entries.isEmpty())
            continue;
        if (group != "Options" && group != "OPTIONS")
            out += ".SS " + plain(group) + '\n';
        out += entries;
    }
    return out.isEmpty() ? out : ".SH OPTIONS\n" + out;
}

QByteArray argumentsOf(const CLI::App &app)
{
    QByteArray out;
    for (const CLI::Option *option : app.get_options()) {
        if (!option->nonpositional())
            out += ".TP\n" + italic(QByteArray::fromStdString(option->get_name(true))) + '\n' + plain(option->get_description()) + '\n';
    }
    return out.isEmpty() ? out : ".SH ARGUMENTS\n" + out;
}

QByteArray synopsis(const CLI::App &app, const QByteArray &path)
{
    QByteArray out = ".SH SYNOPSIS\n" + bold(path.isEmpty() ? QByteArrayLiteral("packmule") : "packmule " + path);
    if (!app.get_subcommands([](const CLI::App *) { return true; }).empty())
        return out + ' ' + italic("COMMAND") + " [" + italic("OPTIONS") + "]\n";
    for (const CLI::Option *option : app.get_options()) {
        if (option->nonpositional())
            continue;
        QByteArray name = italic(QByteArray::fromStdString(option->get_name(true)));
        if (option->get_expected_max() > 1)
            name += " ...";
        if (!option->get_required())
            name = '[' + name + ']';
        out += ' ' + name;
    }
    return out + " [" + italic("OPTIONS") + "]\n";
}

QByteArray commandsOf(const CLI::App &app, const QByteArray &path)
{
    QByteArray out;
    for (const CLI::App *child : app.get_subcommands([](const CLI::App *) { return true; })) {
        const QByteArray below = (path.isEmpty() ? QByteArray() : path + ' ') + QByteArray::fromStdString(child->get_name());
        out += ".TP\n" + bold(pageName(below)) + "(1)\n" + plain(child->get_description()) + '\n';
    }
    return out.isEmpty() ? out : ".SH COMMANDS\n" + out;
}

QByteArray exampleOf(const QByteArray &path)
{
    QByteArray out;
    for (const CommandEntry &entry : commandTable()) {
        if (const QByteArray own = entry.path; path.isEmpty() || QByteArray(own + ' ').startsWith(QByteArray(path + ' ')))
            out += ".P\n.nf\n.RS\n" + plain(QByteArray(entry.example)) + "\n.RE\n.fi\n";
    }
    return out.isEmpty() ? out : ".SH EXAMPLES\n" + out;
}

QByteArray exitStatuses()
{
    struct Status { int code; const char *meaning; };
    constexpr Status kStatuses[] = {
        {ExitCode::kDone, "all done"},
        {ExitCode::kSomeFailed, "some transfers failed, or the one file could not be read; verify: not the same"},
        {ExitCode::kSomeSkipped, "some files were skipped by a rule"},
        {ExitCode::kInterrupted, "interrupted; the same command, or packmule resume, carries on"},
        {ExitCode::kUsage, "usage"},
        {ExitCode::kConfiguration, "configuration or credentials are missing or unusable on this side"},
        {ExitCode::kServiceRefused, "the service refused everything"},
        {ExitCode::kOther, "anything else"},
    };
    QByteArray out = ".SH EXIT STATUS\n";
    for (const Status &status : kStatuses)
        out += ".TP\n" + bold(QByteArray::number(status.code)) + '\n' + plain(QByteArray(status.meaning)) + '\n';
    return out;
}

QByteArray environment()
{
    return ".SH ENVIRONMENT\n"
           ".TP\n" + bold("PACKMULE_HOME") + "\nThe folder of the journal and the settings, instead of the platform's.\n"
           ".TP\n" + bold("AWS_ACCESS_KEY_ID") + ", " + bold("AWS_SECRET_ACCESS_KEY") + ", " + bold("AWS_SESSION_TOKEN") + ", " + bold("AWS_PROFILE")
        + ", " + bold("AWS_REGION") + ", " + bold("AWS_ENDPOINT_URL") + ", " + bold("AWS_CA_BUNDLE") + "\nAs the AWS command line reads them, and so are its two files.\n"
           ".TP\n" + bold("NO_COLOR") + "\nAny value: no colours.\n";
}

void addPages(const CLI::App &app, const QByteArray &path, const QByteArray &date, QList<ManPage> &pages)
{
    const QByteArray name = pageName(path);
    QByteArray roff = ".TH " + name.toUpper() + " 1 " + date + " \"Packmule " PACKMULE_VERSION "\" \"User Commands\"\n";
    roff += ".SH NAME\n" + name + " \\- " + plain(app.get_description()) + '\n';
    roff += synopsis(app, path) + argumentsOf(app) + commandsOf(app, path) + optionSections(app);
    if (!path.isEmpty())
        roff += ".P\nThe options of every command are in " + bold("packmule") + "(1).\n";
    else
        roff += environment() + exitStatuses();
    roff += exampleOf(path);
    if (!path.isEmpty())
        roff += ".SH SEE ALSO\n" + bold("packmule") + "(1)\n";
    pages.append({name + ".1", roff});
    for (const CLI::App *child : app.get_subcommands([](const CLI::App *) { return true; }))
        addPages(*child, (path.isEmpty() ? QByteArray() : path + ' ') + QByteArray::fromStdString(child->get_name()), date, pages);
}

}  // namespace

QList<ManPage> manPages(const CLI::App &root, const QByteArray &date)
{
    QList<ManPage> pages;
    addPages(root, {}, date, pages);
    return pages;
}

}  // namespace packmule
