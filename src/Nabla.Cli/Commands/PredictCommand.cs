using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Vision;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict MODEL FILE...</c>.</summary>
internal static class PredictCommand
{
    private const int ShownClasses = 3;

    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "A model folder, or a run folder that holds one." };
        Argument<string[]> files = new("FILE") { Description = "PNG or JPEG images; - reads one from the standard input.", Arity = ArgumentArity.OneOrMore };
        Option<bool> json = new("--json") { Description = "Print a line of JSON for each file." };
        Command command = new("predict", "Says what images show, with probabilities.") { model, files, json };
        command.SetAction(result => Run(result.GetValue(model)!, result.GetValue(files)!, result.GetValue(json)));
        return command;
    }

    private static void Run(string path, string[] files, bool json)
    {
        SavedModel model = ModelPath.Load(path);
        foreach (string file in files)
        {
            float[] probabilities = model.Network.Forward(ReadImage(file, model.Network.InputShape)).ToArray<float>();
            int[] order = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(index => probabilities[index])];
            Console.WriteLine(json
                ? ToJson(file, model.Labels, order, probabilities)
                : $"{file}: {string.Join(", ", order.Take(ShownClasses).Select(index => string.Create(CultureInfo.InvariantCulture, $"{model.Labels[index]} {probabilities[index]:P2}")))}");
        }
    }

    private static string ToJson(string file, IReadOnlyList<string> labels, int[] order, float[] probabilities)
    {
        JsonObject classes = [];
        foreach (int index in order)
        {
            classes[labels[index]] = probabilities[index];
        }

        return new JsonObject { ["file"] = file, ["label"] = labels[order[0]], ["probabilities"] = classes }.ToJsonString();
    }

    private static Tensor ReadImage(string file, Shape shape)
    {
        using Stream stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        using MemoryStream content = new();
        stream.CopyTo(content);
        ImagePreprocessing preprocessing = new() { Height = shape[0], Width = shape[1], Channels = shape[2] };
        return ImageReader.Decode(content.ToArray(), file, preprocessing).Reshape([1, .. shape]);
    }
}
