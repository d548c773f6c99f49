using System.CommandLine;

namespace Nabla.Cli.Commands;

/// <summary>Options that several commands take, each described once.</summary>
internal static class CommonOptions
{
    public static Argument<string> Model() => new("MODEL") { Description = "A run folder, a model folder, or a .nabla file." };

    public static Option<bool> Json() => new("--json") { Description = "Print lines of JSON only." };

    public static Option<int> Threads() =>
        Positive("--threads", Environment.ProcessorCount, "The threads that compute; the result is the same for any number.");

    /// <summary>An option that takes a whole number from 1 up.</summary>
    public static Option<int> Positive(string name, int value, string description, int largest = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        HelpName = "N",
        CustomParser = result => OptionValues.Positive(result, largest),
    };

    /// <summary>An option that takes a whole number from 1 up, or is left out.</summary>
    public static Option<int?> MaybePositive(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => OptionValues.Positive(result, int.MaxValue),
    };
}
