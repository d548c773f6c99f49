using System.CommandLine;
using Nabla.Cli.Profiles;

namespace Nabla.Cli.Commands;

/// <summary>The options of <c>nabla profile</c>.</summary>
/// <param name="batch">How many samples are taken at once when nothing is said.</param>
/// <param name="batchMeaning">What a batch is, for the help.</param>
/// <param name="stepsMeaning">What a step is, for the help.</param>
internal sealed class ProfileOptions(int batch, string batchMeaning, string stepsMeaning)
{
    private const int DefaultSteps = 100;
    private const int MostSteps = 100_000;

    public Option<int> Batch { get; } = CommonOptions.Positive("--batch-size", batch, batchMeaning);

    public Option<int> Steps { get; } = CommonOptions.Positive("--steps", DefaultSteps, stepsMeaning, MostSteps);

    public Option<int> Threads { get; } = CommonOptions.Threads();

    public Option<string?> Trace { get; } = new("--trace")
    {
        Description = "Write each kernel's begin and end to FILE, for Perfetto or chrome://tracing.",
        HelpName = "FILE",
    };

    /// <summary>What was asked for.</summary>
    public ProfileSettings Read(ParseResult result) =>
        new(result.GetValue(Batch), result.GetValue(Steps), result.GetValue(Threads), result.GetValue(Trace));
}
