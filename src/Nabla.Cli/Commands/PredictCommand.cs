using System.CommandLine;
using Nabla.Cli.Recipes;
using Nabla.Cli.Reports;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict MODEL FILE...</c>.</summary>
internal static class PredictCommand
{
    private const int ShownClasses = 3;
    private const int UsualBeams = 4;
    private const int LargestBeam = 64;

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Argument<string[]> files = new("FILE")
        {
            Description = "For a model of images PNG or JPEG files; for one of tables CSV files, or rows as they stand in one, "
                + "such as 5.1,3.5,1.4,0.2; for one of texts files with a text a line, or a text itself. A single - reads the standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<int?> top = CommonOptions.MaybePositive("--top", $"How many classes to show; {ShownClasses} by default, all in JSON.");
        Option<string?> question = new("--question") { Description = "For a model that answers questions: the question.", HelpName = "TEXT" };
        Option<string?> context = new("--context") { Description = "What the question is about: a text, or a file with one.", HelpName = "TEXT" };
        Option<int> beam = CommonOptions.Positive("--beam", UsualBeams, "For a translation: how many are followed side by side.", LargestBeam);
        Option<string?> attention = new("--attention") { Description = "For a translation: draw where it looked, as PNG.", HelpName = "PATH" };
        Option<bool> json = CommonOptions.Json();
        Command command = new("predict", "Says what a model makes of images, rows or texts: classes with probabilities, a number, an answer, or a translation.")
        {
            model, files, top, question, context, beam, attention, json,
        };
        command.SetAction(result =>
        {
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            if (saved.Task == PredictionTask.LanguageModel)
            {
                throw new UsageException($"'{saved.Name}' is a language model: let it go on with a text by 'nabla generate {result.GetValue(model)} --prompt TEXT'.");
            }

            if (saved.Task == PredictionTask.Translation)
            {
                return new TranslationAnswers(result.GetValue(beam), result.GetValue(attention), result.GetValue(json))
                    .Run(saved, Given(result.GetValue(files)), terminal);
            }

            PredictionReport report = result.GetValue(json)
                ? new PredictionReport(saved, result.GetValue(top) ?? int.MaxValue, json: true)
                : new PredictionReport(saved, result.GetValue(top) ?? ShownClasses, json: false);
            if (AskedAnswers.Takes(saved))
            {
                AskedAnswers asked = new(result.GetValue(question), result.GetValue(context), result.GetValue(json));
                terminal.Output.WriteLine(asked.Line(saved, report));
                return 0;
            }

            return Run(saved, Given(result.GetValue(files)), report, terminal);
        });
        return command;
    }

    private static string[] Given(string[]? files) => files is { Length: > 0 }
        ? files
        : throw new UsageException("This model answers for files: give one at least.");

    // One bad file does not keep the others from being answered.
    private static int Run(SavedModel model, string[] files, PredictionReport report, Terminal terminal)
    {
        PredictionInput input = PredictionInput.Of(model, terminal.OpenInput);
        int exitCode = 0;
        foreach (string file in files)
        {
            try
            {
                foreach ((string name, long? line, Tensor x) in input.Read(file))
                {
                    terminal.Output.WriteLine(report.Line(name, line, model.Network.Forward(x)));
                }
            }
            catch (Exception error) when (ErrorLine.IsMendable(error))
            {
                ErrorLine.Write(terminal, error);
                exitCode = ErrorLine.Failed;
            }
        }

        return exitCode;
    }
}
