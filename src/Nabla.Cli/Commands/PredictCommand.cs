using System.CommandLine;
using Nabla.Cli.Recipes;
using Nabla.Cli.Reports;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict MODEL FILE...</c>.</summary>
internal sealed class PredictCommand
{
    private const int ShownClasses = 3;
    private const int UsualBeams = 4;
    private const int LargestBeam = 64;

    private readonly Argument<string> model = CommonOptions.Model();
    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "For a model of images PNG or JPEG files; for one of tables CSV files, or rows as they stand in one, "
            + "such as 5.1,3.5,1.4,0.2; for one of texts files with a text a line, or a text itself. A single - reads the standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<int?> top = CommonOptions.MaybePositive("--top", $"How many classes to show; {ShownClasses} by default, all in JSON.");
    private readonly Option<string?> question = new("--question") { Description = "For a model that answers questions: the question.", HelpName = "TEXT" };
    private readonly Option<string?> context = new("--context") { Description = "What the question is about: a text, or a file with one.", HelpName = "TEXT" };
    private readonly Option<int> beam = CommonOptions.Positive("--beam", UsualBeams, "For a translation: how many are followed side by side.", LargestBeam);
    private readonly Option<string?> attention = new("--attention") { Description = "For a translation: draw where it looked, as PNG.", HelpName = "PATH" };
    private readonly Option<bool> json = CommonOptions.Json();

    private PredictCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        PredictCommand options = new();
        Command command = new("predict", "Says what a model makes of images, rows or texts: classes with probabilities, a number, an answer, or a translation.")
        {
            options.model, options.files, options.top, options.question, options.context, options.beam, options.attention, options.json,
        };
        command.SetAction(result => options.Run(result, terminal));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal)
    {
        SavedModel saved = ModelPath.Load(result.GetValue(model)!);
        if (saved.Task == PredictionTask.LanguageModel)
        {
            throw new UsageException($"'{saved.Name}' is a language model: let it go on with a text by 'nabla generate {result.GetValue(model)} --prompt TEXT'.");
        }

        RequireFitting(result, saved);
        bool isJson = result.GetValue(json);
        if (saved.Task == PredictionTask.Translation)
        {
            return new TranslationAnswers(saved, result.GetValue(beam), result.GetValue(attention), isJson).Run(FilesOf(result), terminal);
        }

        PredictionReport report = new(saved, result.GetValue(top) ?? (isJson ? int.MaxValue : ShownClasses), isJson);
        if (AskedAnswers.Takes(saved))
        {
            new AskedAnswers(result.GetValue(question), result.GetValue(context), isJson).Write(saved, report, terminal);
            return 0;
        }

        return Answer(saved, FilesOf(result), report, terminal);
    }

    // What a model has no use for is said, so that nobody believes it was heeded.
    private void RequireFitting(ParseResult result, SavedModel saved)
    {
        bool translates = saved.Task == PredictionTask.Translation;
        bool isAsked = AskedAnswers.Takes(saved);
        (Option Option, bool Fits, string Purpose)[] special =
        [
            (beam, translates, "that translate"),
            (attention, translates, "that translate"),
            (question, isAsked, "that answer questions"),
            (context, isAsked, "that answer questions"),
            (top, saved.Task == PredictionTask.Classification, "of classes"),
        ];
        if (Array.Find(special, each => !each.Fits && OptionValues.IsGiven(result, each.Option)) is ({ } option, _, { } purpose))
        {
            throw new UsageException($"{option.Name} is for models {purpose}, and '{saved.Name}' is none: leave it out.");
        }

        if (isAsked && result.GetValue(files) is [{ } file, ..])
        {
            throw new UsageException($"'{saved.Name}' answers questions: give --question and --context, and leave out '{file}'.");
        }
    }

    private string[] FilesOf(ParseResult result) => result.GetValue(files) is { Length: > 0 } given
        ? given
        : throw new UsageException("This model answers for files: give one at least.");

    // One bad file, or one bad line, does not keep the others from being answered.
    private static int Answer(SavedModel model, string[] files, PredictionReport report, Terminal terminal)
    {
        PredictionInput input = PredictionInput.Of(model, terminal.OpenInput);
        int failures = 0;
        foreach (string file in files)
        {
            Try(() =>
            {
                foreach (RawInput given in input.Read(file))
                {
                    Try(() => terminal.Output.WriteLine(report.Line(given.Name, given.Line, model.Network.Forward(given.Encode()))));
                }
            });
        }

        input.Warn(terminal);
        return failures > 0 ? ErrorLine.Failed : 0;

        void Try(Action part)
        {
            if (!ErrorLine.Try(terminal, part))
            {
                failures++;
            }
        }
    }
}
