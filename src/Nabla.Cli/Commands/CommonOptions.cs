using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Nabla.Cli.Commands;

/// <summary>Options that several commands take, each described once.</summary>
internal static class CommonOptions
{
    public static Argument<string> Model() => new("MODEL") { Description = "A run folder, a model folder, or a .nabla file." };

    public static Option<bool> Json() => new("--json") { Description = "Print lines of JSON only." };

    public static Option<int> Threads() => Positive("--threads", Environment.ProcessorCount, "The threads that compute; the result is the same for any number.");

    /// <summary>An option that takes a whole number from 1 up.</summary>
    public static Option<int> Positive(string name, int value, string description, int largest = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        HelpName = "N",
        CustomParser = result => ParsePositive(result, name, largest),
    };

    /// <summary>An option that takes a whole number from 1 up, or is left out.</summary>
    public static Option<int?> MaybePositive(string name, string description) =>
        new(name) { Description = description, HelpName = "N", CustomParser = result => ParsePositive(result, name, int.MaxValue) };

    private static int ParsePositive(ArgumentResult result, string name, int largest)
    {
        string text = result.Tokens is [{ } token] ? token.Value : "";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= largest)
        {
            return value;
        }

        string range = largest == int.MaxValue ? "1 or more" : $"1 to {largest}";
        result.AddError($"{name} must be a whole number, {range}, not '{text}'");
        return 1;
    }
}
