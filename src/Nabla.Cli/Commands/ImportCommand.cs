using System.CommandLine;
using Nabla.Cli.Files;
using Nabla.Cli.Files.Weights;
using Nabla.Formats;
using Nabla.Text;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla import FILE --out MODEL</c>.</summary>
internal static class ImportCommand
{
    private const double UsualDivisor = 255;

    public static Command Create(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = $"What to read: {ModelFileKinds.List(ModelFileKinds.Importing)}." };
        Option<string> target = new("--out") { Description = "The model folder or .nabla file to write.", HelpName = "MODEL", Required = true };
        Option<string?> architecture = new("--architecture")
        {
            Description = "For files that hold weights alone: the model whose weights are replaced.",
            HelpName = "MODEL",
        };
        Option<string?> name = new("--name") { Description = "What the model is to be called; by default like the file.", HelpName = "NAME" };
        Option<string?> labels = new("--labels") { Description = "A text file with the name of a class in each line, in the order of the outputs.", HelpName = "FILE" };
        Option<string?> map = new("--map")
        {
            Description = "A JSON file that says which tensor of the file is which parameter, where names do not say so.",
            HelpName = "FILE",
        };
        Option<bool> partial = new("--partial") { Description = "Take what there is: other parameters stay as they are in the architecture." };
        Option<int[]?> shape = new("--input-shape")
        {
            Description = "The sizes of one input, without the batch, with commas between, where an ONNX file leaves them open.",
            HelpName = "SIZES",
            CustomParser = OptionValues.Sizes,
        };
        Option<double?> divisor = new("--divisor")
        {
            Description = "For an ONNX model of images: what pixels from 0 to 255 are divided by; 255 by default.",
            HelpName = "NUMBER",
            CustomParser = OptionValues.Rate,
        };
        Option<bool> softmax = new("--softmax") { Description = "For an ONNX model that gives logits: make probabilities of them." };
        Command command = new("import", "Makes a model of a file that another program wrote.")
        {
            file, target, architecture, name, labels, map, partial, shape, divisor, softmax,
        };
        command.SetAction(result =>
        {
            string path = result.GetValue(file)!;
            ImportOptions options = new()
            {
                Architecture = result.GetValue(architecture) is { } model ? ModelPath.Load(model) : null,
                Name = result.GetValue(name),
                Labels = result.GetValue(labels) is { } lines ? TextLines.Read(lines) : null,
                Map = result.GetValue(map) is { } entries ? WeightMap.Read(entries) : null,
                Partial = result.GetValue(partial),
                InputShape = result.GetValue(shape) is { Length: > 0 } sizes ? (Shape)sizes : null,
                Divisor = (float)(result.GetValue(divisor) ?? UsualDivisor),
                Softmax = result.GetValue(softmax),
            };
            ImportedModel imported = Find(path).Import(path, options);
            ModelFolder.Save(result.GetValue(target)!, imported.Model);
            foreach (string note in imported.Notes)
            {
                terminal.Output.WriteLine(note);
            }

            terminal.Output.WriteLine($"Wrote {result.GetValue(target)}");
        });
        return command;
    }

    private static IModelImport Find(string path) => ModelFileKinds.Of(path) as IModelImport
        ?? throw new UsageException($"{path}: expected {ModelFileKinds.List(ModelFileKinds.Importing)}.");
}
