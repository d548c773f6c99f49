using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Reports;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla evaluate MODEL --data PATH</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "A model folder, or a run folder that holds one." };
        Option<string> data = new("--data") { Description = "A folder with MNIST's four IDX files; the test images are used.", Required = true, HelpName = "PATH" };
        Option<bool> json = new("--json") { Description = "Print one line of JSON only." };
        Command command = new("evaluate", "Says how good a model is on test data.") { model, data, json };
        command.SetAction(result => Run(result.GetValue(model)!, result.GetValue(data)!, result.GetValue(json)));
        return command;
    }

    private static void Run(string path, string data, bool json)
    {
        SavedModel model = ModelPath.Load(path);
        Dataset<Sample> test = Mnist.Load(data).Test.ToDataset();
        Trainer trainer = new(model.Network, new SparseCategoricalCrossEntropy(), new Sgd());
        Scores scores = trainer.Evaluate(test);
        (double loss, double accuracy) = (scores.Loss, scores["accuracy"]);
        if (json)
        {
            Console.WriteLine(new JsonObject { ["test_accuracy"] = accuracy, ["test_loss"] = loss, ["samples"] = test.Count }.ToJsonString());
            return;
        }

        ConfusionTable.Print(ConfusionTable.Count(trainer, test, model.Labels.Count), model.Labels);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy {accuracy:P2}  test loss {loss:F4}  {test.Count:N0} samples"));
    }
}
