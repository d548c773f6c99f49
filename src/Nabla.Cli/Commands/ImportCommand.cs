using System.CommandLine;
using Nabla.Cli.Files;
using Nabla.Cli.Files.Weights;
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
            Description = "The sizes of one input, without the batch, with commas between, where the file leaves them open.",
            HelpName = "SIZES",
            CustomParser = OptionValues.Sizes,
        };
        Option<Dictionary<string, double>?> sizes = new("--size")
        {
            Description = "For an ONNX model of several inputs or outputs: a number for a size that it leaves open, such as batch=1; may be given again.",
            HelpName = "NAME=NUMBER",
            CustomParser = OptionValues.NamedNumbers,
        };
        Option<Dictionary<string, double>?> values = new("--value")
        {
            Description = "For such a model: the number that an input always is; may be given again.",
            HelpName = "NAME=NUMBER",
            CustomParser = OptionValues.NamedNumbers,
        };
        Option<string?> output = new("--output") { Description = "For such a model of one input: the output that is kept alone.", HelpName = "NAME" };
        Option<double?> divisor = new("--divisor")
        {
            Description = "For an ONNX model of images: what pixels from 0 to 255 are divided by; 255 by default.",
            HelpName = "NUMBER",
            CustomParser = OptionValues.Rate,
        };
        Option<bool> softmax = new("--softmax") { Description = "For an ONNX model that gives logits: make probabilities of them." };
        Command command = new("import", "Makes a model of a file that another program wrote.")
        {
            file, target, architecture, name, labels, map, partial, shape, sizes, values, output, divisor, softmax,
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
                InputShape = result.GetValue(shape) is { Length: > 0 } given ? (Shape)given : null,
                Sizes = SizesOf(result.GetValue(sizes)),
                Values = result.GetValue(values) ?? [],
                Output = result.GetValue(output),
                Divisor = (float)(result.GetValue(divisor) ?? UsualDivisor),
                Softmax = result.GetValue(softmax),
            };
            ImportedModel imported = Find(path).Import(path, options);
            imported.Save(result.GetValue(target)!);
            foreach (string note in imported.Notes)
            {
                terminal.Output.WriteLine(note);
            }

            terminal.Output.WriteLine($"Wrote {result.GetValue(target)}");
        });
        return command;
    }

    private static Dictionary<string, int> SizesOf(Dictionary<string, double>? given) => (given ?? []).ToDictionary(
        pair => pair.Key,
        pair => pair.Value is >= 1 and <= int.MaxValue && double.IsInteger(pair.Value)
            ? (int)pair.Value
            : throw new UsageException($"--size must be a whole number, 1 or more, not {pair.Value} for '{pair.Key}'."));

    private static IModelImport Find(string path) => ModelFileKinds.Of(path) as IModelImport
        ?? throw new UsageException($"{path}: expected {ModelFileKinds.List(ModelFileKinds.Importing)}.");
}
