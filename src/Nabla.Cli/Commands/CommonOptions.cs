using System.CommandLine;
using System.CommandLine.Parsing;

namespace Nabla.Cli.Commands;

/// <summary>Options that several commands take, each described once.</summary>
internal static class CommonOptions
{
    public static Argument<string> Model() => new("MODEL") { Description = "A run folder, a model folder, or a .nabla file." };

    public static Option<bool> Json() => new("--json") { Description = "Print lines of JSON only." };

    public static Option<int> Threads() =>
        Positive("--threads", Environment.ProcessorCount, "The threads that compute; the result is the same for any number.");

    /// <summary>Samples to change a saved model with.</summary>
    public static Option<string> TuningData() => new("--data")
    {
        Description = "What to learn from, as 'nabla evaluate' takes it, or the name of a recipe that finds its data; a tenth of it judges (of MNIST's files "
            + "the test images).",
        Required = true,
        HelpName = "RECIPE_OR_PATH",
    };

    /// <summary>The number that all random draws come from.</summary>
    public static Option<long> Seed(string description) => new("--seed")
    {
        Description = description,
        DefaultValueFactory = _ => 1,
        HelpName = "N",
        CustomParser = OptionValues.WholeNumber,
    };

    /// <summary>An option that takes a whole number from 1 up.</summary>
    public static Option<int> Positive(string name, int value, string description, int largest = int.MaxValue) => Between(name, value, description, 1, largest);

    /// <summary>An option that takes a whole number from a least one up.</summary>
    public static Option<int> Between(string name, int value, string description, int least, int largest = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        HelpName = "N",
        CustomParser = result => OptionValues.Between(result, least, largest),
    };

    /// <summary>An option that takes a whole number from 1 up, or is left out.</summary>
    public static Option<int?> MaybePositive(string name, string description) => MaybeAtLeast(name, description, least: 1);

    /// <summary>An option that takes a whole number from a least one up, or is left out.</summary>
    public static Option<int?> MaybeAtLeast(string name, string description, int least) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => OptionValues.Between(result, least, int.MaxValue),
    };

    /// <summary>An option that takes a number above 0, or is left out.</summary>
    public static Option<double?> Rate(string name, string description) => Number(name, description, OptionValues.Rate);

    /// <summary>An option that takes a number from 0 to below 1, or is left out.</summary>
    public static Option<double?> Share(string name, string description) => Number(name, description, OptionValues.Share);

    /// <summary>An option that takes names, or patterns of names, with commas between.</summary>
    public static Option<string[]> Names(string name, string description, string helpName = "PATTERNS") => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = OptionValues.Names,
    };

    /// <summary>An option that takes one of several names, usually the first.</summary>
    public static Option<string> Choice(string name, string description, IEnumerable<string> values)
    {
        string[] all = [.. values];
        Option<string> option = new(name) { Description = description, DefaultValueFactory = _ => all[0], HelpName = "NAME" };
        option.AcceptOnlyFromAmong(all);
        return option;
    }

    private static Option<double?> Number(string name, string description, Func<ArgumentResult, double?> parser) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = parser,
    };
}
