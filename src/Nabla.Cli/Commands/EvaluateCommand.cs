using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Recipes;
using Nabla.Cli.Reports;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Optimizers;
using Nabla.Text.QuestionAnswering;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla evaluate MODEL --data PATH</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string> data = new("--data")
        {
            Description = "A table with the target column, a text for a language model, a folder with a sub-folder of images for each class, "
                + "or one with MNIST's files, of which the test images are used.",
            Required = true,
            HelpName = "PATH",
        };
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("evaluate", "Says how good a model is on data.") { model, data, threads, json };
        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(threads);
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            return Task.Run(() => Run(saved, result.GetValue(data)!, result.GetValue(json), terminal, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static void Run(SavedModel model, string data, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        if (model.Task == PredictionTask.QuestionAnswering)
        {
            PassageSet questions = PassageSet.Read(data);
            Print(PassageScores.Of(model, questions, cancellationToken), questions.QuestionCount, json, terminal);
            return;
        }

        if (model.Task == PredictionTask.Translation)
        {
            (Scores translated, int count) = TranslationScores.Of(model, data, cancellationToken);
            Print(translated, count, json, terminal);
            return;
        }

        Dataset<Sample> samples = TestData.Load(model, data, cancellationToken);
        Question question = Question.Of(model);
        Trainer trainer = new(model.Network, question.CreateLoss(), new Sgd(), question.CreateMetrics());
        Scores scores = trainer.Evaluate(samples);
        if (!json && question.IsClassification)
        {
            Confusion.Print(terminal.Console, Confusion.Of(trainer, samples), question.Labels);
        }

        Print(scores, samples.Count ?? 0, json, terminal);
    }

    private static void Print(Scores scores, int samples, bool json, Terminal terminal)
    {
        if (json)
        {
            JsonObject line = [];
            ScoreText.AddTo(line, scores, "test_");
            line["samples"] = samples;
            terminal.Output.WriteLine(line.ToJsonString());
            return;
        }

        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ScoreText.Line(scores, "test ")}  {samples:N0} samples"));
    }
}
