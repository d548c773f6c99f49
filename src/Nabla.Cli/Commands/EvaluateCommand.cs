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
        Judgement judgement = model.Task switch
        {
            PredictionTask.QuestionAnswering => PassageScores.Of(model, PassageSet.Read(data), cancellationToken),
            PredictionTask.Translation => TranslationScores.Of(model, data, cancellationToken),
            _ => Judge(model, TestData.Load(model, data, cancellationToken), json, terminal),
        };
        Print(judgement, json, terminal);
    }

    private static Judgement Judge(SavedModel model, TestData data, bool json, Terminal terminal)
    {
        Question question = Question.Of(model);
        Trainer trainer = new(model.Network, question.CreateLoss(), new Sgd(), question.CreateMetrics());
        Scores scores = trainer.Evaluate(data.Samples);
        if (!json && question.IsClassification)
        {
            Confusion.Print(terminal.Console, Confusion.Of(trainer, data.Samples), question.Labels);
        }

        return new Judgement(scores, data.Samples.Count ?? 0, data.Notes);
    }

    private static void Print(Judgement judgement, bool json, Terminal terminal)
    {
        if (json)
        {
            JsonObject line = [];
            ScoreText.AddTo(line, judgement.Scores, "test_");
            line["samples"] = judgement.Samples;
            line["notes"] = new JsonArray([.. judgement.Notes.Select(note => (JsonNode?)note)]);
            terminal.Output.WriteLine(line.ToJsonString());
            return;
        }

        foreach (string note in judgement.Notes)
        {
            terminal.Output.WriteLine(note);
        }

        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ScoreText.Line(judgement.Scores, "test ")}  {judgement.Samples:N0} samples"));
    }
}
