using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Formats;
using SkiaSharp;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict MODEL FILE...</c>.</summary>
internal static class PredictCommand
{
    private const int LongestSide = 16384;
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
        using SKData data = SKData.CreateCopy(content.ToArray());
        using SKCodec codec = SKCodec.Create(data) ?? throw new InvalidFileException(file, FilePosition.Byte(0), "expected a PNG or JPEG image");
        if (codec.Info.Width > LongestSide || codec.Info.Height > LongestSide)
        {
            throw new InvalidFileException(file, FilePosition.Byte(0), $"expected at most {LongestSide} x {LongestSide} pixels, got {codec.Info.Width} x {codec.Info.Height}");
        }

        bool grey = shape[2] == 1;
        using SKBitmap bitmap = new(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        SKCodecResult decoded = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (decoded != SKCodecResult.Success)
        {
            throw new InvalidFileException(file, FilePosition.Byte(content.Length), $"the image is damaged ({decoded})");
        }

        using SKBitmap resized = bitmap.Resize(new SKImageInfo(shape[1], shape[0], SKColorType.Rgba8888, SKAlphaType.Unpremul), new SKSamplingOptions(SKCubicResampler.Mitchell));
        float[] pixels = new float[shape.ElementCount];
        for (int pixel = 0; pixel < shape[0] * shape[1]; pixel++)
        {
            SKColor color = resized.GetPixel(pixel % shape[1], pixel / shape[1]);
            ReadOnlySpan<float> channels = grey
                ? [((0.299f * color.Red) + (0.587f * color.Green) + (0.114f * color.Blue)) / 255f]
                : [color.Red / 255f, color.Green / 255f, color.Blue / 255f];
            channels.CopyTo(pixels.AsSpan(pixel * shape[2]));
        }

        return Tensor.From(pixels, [1, .. shape]);
    }
}
