using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nabla.Serving;
using Nabla.Serving.Security;
using Nabla.Serving.Security.Keys;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla serve keys add|list|revoke</c>: who may use a server.</summary>
internal static class ServeKeysCommand
{
    public static Command Create(Terminal terminal) => new("keys", "Makes, shows and revokes the API keys of a server.") { Add(terminal), List(terminal), Revoke(terminal) };

    private static Command Add(Terminal terminal)
    {
        Argument<string> name = new("NAME") { Description = "Who gets the key; logs say this name." };
        Option<string> file = File();
        Option<string[]> roles = new("--role")
        {
            Description = "read, predict or admin, for all models, or as ROLE:MODEL for one; several may be given.",
            HelpName = "ROLE",
            Required = true,
        };
        Option<int?> days = CommonOptions.MaybePositive("--days", "The days that it is valid; without it, until it is revoked.");
        Option<RateLimit?> rate = new("--rate") { Description = "Requests at most, such as 100/s, 1000/min or 5000/h.", HelpName = "N/UNIT", CustomParser = RateIn };
        Command command = new("add", "Makes a key and prints it: it is kept nowhere, only its hash.") { name, file, roles, days, rate };
        command.SetAction(result => Add(terminal, result.GetValue(file)!, result.GetValue(name)!, result.GetValue(roles)!, result.GetValue(days), result.GetValue(rate)));
        return command;
    }

    private static void Add(Terminal terminal, string file, string name, string[] roles, int? days, RateLimit? rate)
    {
        ModelGrant.RequireAll(roles, "--role");
        string key = ApiKey.Create();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        KeyRecord record = new(name, Convert.ToHexStringLower(ApiKey.HashOf(key)), roles, now, days is { } count ? now.AddDays(count) : null, rate);
        KeyFile.Change(file, keys => keys.Any(other => other.Name == name)
            ? throw new UsageException($"{file}: there is a key called '{name}' already: revoke it first, or choose another name.")
            : [.. keys, record]);
        terminal.Output.WriteLine(key);
    }

    private static Command List(Terminal terminal)
    {
        Option<string> file = File();
        Command command = new("list", "Shows who has keys, and what they may do.") { file };
        command.SetAction(result => List(terminal, result.GetValue(file)!));
        return command;
    }

    private static void List(Terminal terminal, string file)
    {
        Table table = new Table { Border = TableBorder.Simple }.AddColumns("name", "roles", "rate", "made", "ends");
        foreach (KeyRecord key in KeyFile.Read(file))
        {
            table.AddRow(
                Markup.Escape(key.Name),
                Markup.Escape(string.Join(", ", key.Roles)),
                key.RateLimit?.ToString() ?? "",
                Day(key.Created),
                key.Expires is { } end ? Day(end) : "");
        }

        terminal.Console.Write(table);
    }

    private static Command Revoke(Terminal terminal)
    {
        Argument<string> name = new("NAME") { Description = "Whose key." };
        Option<string> file = File();
        Command command = new("revoke", "Takes a key away; running servers know from the next request on.") { name, file };
        command.SetAction(result => Revoke(terminal, result.GetValue(file)!, result.GetValue(name)!));
        return command;
    }

    private static void Revoke(Terminal terminal, string file, string name)
    {
        KeyFile.Change(file, keys => keys.Any(key => key.Name == name)
            ? [.. keys.Where(key => key.Name != name)]
            : throw new UsageException($"{file}: there is no key called '{name}'."));
        terminal.Output.WriteLine($"Revoked {name}");
    }

    private static Option<string> File() => new("--keys") { Description = "The file of keys.", HelpName = "FILE", Required = true };

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static RateLimit? RateIn(ArgumentResult result)
    {
        string text = result.Tokens is [{ } token] ? token.Value : "";
        TimeSpan? per = text.Split('/') switch
        {
            [_, "s"] => TimeSpan.FromSeconds(1),
            [_, "min"] => TimeSpan.FromMinutes(1),
            [_, "h"] => TimeSpan.FromHours(1),
            _ => null,
        };
        if (per is not null && int.TryParse(text.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int requests) && requests > 0)
        {
            return new RateLimit(requests, per);
        }

        result.AddError($"--rate must be such as 100/s, 1000/min or 5000/h, not '{text}'");
        return null;
    }
}
