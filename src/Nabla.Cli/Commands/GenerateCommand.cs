using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Reports;
using Nabla.Text;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla generate MODEL --prompt TEXT</c>.</summary>
internal sealed class GenerateCommand
{
    private const int UsualLength = 500;
    private const double UsualTemperature = 0.8;
    private const int MostBeams = 64;

    private static readonly string Factors =
        string.Create(CultureInfo.InvariantCulture, $"from {GenerationOptions.LeastFactor} to {GenerationOptions.LargestFactor}");

    private readonly Argument<string> model = CommonOptions.Model();
    private readonly Option<string> prompt = new("--prompt")
    {
        Description = "What to go on from; may be empty.",
        DefaultValueFactory = _ => "",
        HelpName = "TEXT",
    };

    private readonly Option<int> length = CommonOptions.Positive("--length", UsualLength, "The tokens that are made at most.");
    private readonly Option<double> temperature = Number(
        "--temperature", UsualTemperature, value => value == 0 || IsFactor(value), $"0, or {Factors}", "Below 1 probable tokens become more so, above 1 less; 0 always takes the most probable.");

    private readonly Option<int?> topK = CommonOptions.MaybePositive("--top-k", "Draw from so many most probable tokens alone.");
    private readonly Option<double> topP = Number(
        "--top-p", 1, value => value is > 0 and <= 1, "above 0, up to 1", "Draw from the most probable tokens that have this share of the probability.");

    private readonly Option<double> repetitionPenalty = Number(
        "--repetition-penalty", 1, IsFactor, Factors, "Above 1 what is there already becomes less probable.");

    private readonly Option<long> seed = new("--seed")
    {
        Description = "Decides the draws: the same gives the same text.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
        CustomParser = OptionValues.WholeNumber,
    };

    private readonly Option<int> beams = CommonOptions.Positive(
        "--beams", 1, "Above 1 nothing is drawn: so many texts are followed side by side, and the most probable is shown.", MostBeams);

    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json = CommonOptions.Json();

    private GenerateCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        GenerateCommand options = new();
        Command command = new("generate", "Goes on with a text, with a model that 'train lm' has made.")
        {
            options.model, options.prompt, options.length, options.temperature, options.topK, options.topP, options.repetitionPenalty, options.seed,
            options.beams, options.threads, options.json,
        };
        command.SetAction((result, cancellationToken) => options.Run(result, terminal, cancellationToken));
        return command;
    }

    private async Task<int> Run(ParseResult result, Terminal terminal, CancellationToken cancellationToken)
    {
        Threads.Count = result.GetValue(threads);
        TextGenerator generator = new(ModelPath.Load(result.GetValue(model)!));
        string begun = result.GetValue(prompt)!;
        Warn(generator, begun, terminal);
        IAsyncEnumerable<string> pieces = generator.StreamAsync(begun, Read(result), cancellationToken);
        await (result.GetValue(json) ? WriteJson(begun, pieces, terminal) : Write(begun, pieces, terminal)).ConfigureAwait(false);
        return 0;
    }

    private static void Warn(TextGenerator generator, string prompt, Terminal terminal)
    {
        (IReadOnlyList<int> tokens, int unknown) = generator.Encode(prompt);
        if (unknown > 0)
        {
            terminal.Error.WriteLine($"nabla: {unknown} of the prompt's tokens are not in the model's vocabulary; they are left out.");
        }

        if (tokens.Count > generator.Window)
        {
            terminal.Error.WriteLine($"nabla: the prompt has {tokens.Count} tokens, of which the model sees the last {generator.Window}.");
        }
    }

    // A line that is stopped in its middle is ended, whatever stopped it.
    private static async Task Write(string prompt, IAsyncEnumerable<string> pieces, Terminal terminal)
    {
        terminal.Output.Write(prompt);
        try
        {
            await foreach (string piece in pieces.ConfigureAwait(false))
            {
                terminal.Output.Write(piece);
                terminal.Output.Flush();
            }
        }
        finally
        {
            terminal.Output.WriteLine();
        }
    }

    private static async Task WriteJson(string prompt, IAsyncEnumerable<string> pieces, Terminal terminal)
    {
        string text = "";
        await foreach (string piece in pieces.ConfigureAwait(false))
        {
            text += piece;
        }

        terminal.Output.WriteLine(new JsonObject { ["prompt"] = prompt, ["text"] = text }.ToJsonString(PredictionReport.Readable));
    }

    private static bool IsFactor(double value) => value is >= GenerationOptions.LeastFactor and <= GenerationOptions.LargestFactor;

    private static Option<double> Number(string name, double usual, Func<double, bool> isAllowed, string range, string description)
    {
        double Parse(ArgumentResult result)
        {
            string text = result.Tokens is [{ } token] ? token.Value : "";
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && isAllowed(value))
            {
                return value;
            }

            result.AddError($"{name} must be a number {range}, not '{text}'");
            return usual;
        }

        return new Option<double>(name) { Description = description, DefaultValueFactory = _ => usual, HelpName = "X", CustomParser = Parse };
    }

    private GenerationOptions Read(ParseResult result)
    {
        double given = result.GetValue(temperature);
        return new GenerationOptions
        {
            Greedy = given == 0,
            Temperature = given == 0 ? 1 : given,
            TopK = result.GetValue(topK),
            TopP = result.GetValue(topP),
            RepetitionPenalty = result.GetValue(repetitionPenalty),
            MaximumTokens = result.GetValue(length),
            Seed = result.GetValue(seed),
            Beams = result.GetValue(beams),
        };
    }
}
