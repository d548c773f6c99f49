using Nabla.Cli.Commands;
using Nabla.Formats;
using Nabla.Onnx;
using Nabla.Transforms;

namespace Nabla.Cli.Files.Comparing;

/// <summary>An input of a model that is compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements; null where the file does not say.</param>
/// <param name="Dimensions">Its sizes with the batch, -1 where any will do; null where the file does not even say how many there are.</param>
/// <param name="Below">Integers are from 0 up to, not including, this; null where nothing is known.</param>
internal sealed record RunnableInput(string Name, DataType? Type, int[]? Dimensions, int? Below);

/// <summary>A model of any kind, ready to answer.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Inputs">What goes in, in order.</param>
/// <param name="Run">Computes the outputs, in order.</param>
internal sealed record RunnableModel(string Name, IReadOnlyList<RunnableInput> Inputs, Func<Tensor[], Tensor[]> Run)
{
    /// <summary>Reads the model of a path.</summary>
    /// <exception cref="UsageException">The file does not say what is computed.</exception>
    public static RunnableModel Open(string path) => ModelFileKinds.Of(path) switch
    {
        IRunnableKind runnable => runnable.Open(path),
        Weights.WeightFileKind kind => throw new UsageException($"{path} is {kind.Description}, which nobody can run: import it with --architecture first."),
        IModelImport import => import.Import(path, new ImportOptions()).ToRunnable(),
        { } kind => throw new UsageException($"{path} is {kind.Description}, which nobody can run."),
    };

    /// <summary>A model of Nabla.</summary>
    public static RunnableModel Of(SavedModel model)
    {
        SignatureTensor input = model.Signature.Inputs[0];
        CompiledFunction function = Compilation.Compile(inputs => [model.Network.Forward(inputs[0])]);
        return new RunnableModel(model.Name, [new RunnableInput(input.Name, input.Type, [-1, .. input.Shape], ExampleInput.Below(model))], inputs => function.Invoke(inputs));
    }

    /// <summary>A model of Nabla of several inputs or outputs.</summary>
    public static RunnableModel Of(SavedGraph model)
    {
        CompiledFunction function = Compilation.Compile(inputs => model.Network.Compute(inputs));
        return new RunnableModel(
            model.Name,
            [.. model.Network.Inputs.Select(input => new RunnableInput(input.Name, input.Type, [.. input.Sizes.Select(size => size.Number ?? -1)], Below: null))],
            inputs => function.Invoke(inputs));
    }

    /// <summary>A model in the ONNX format.</summary>
    public static RunnableModel Of(string path, OnnxModel model) => new(
        Path.GetFileName(path),
        [.. model.Inputs.Select(input => new RunnableInput(input.Name, input.Type, input.Dimensions is null ? null : [.. input.Dimensions], Below: null))],
        inputs => model.Run(inputs));

    /// <summary>The same with inputs that always are a number, where it has such inputs; these are no inputs then.</summary>
    /// <exception cref="UsageException">The sizes of such an input are open.</exception>
    public RunnableModel With(IReadOnlyDictionary<string, double> numbers)
    {
        Tensor?[] values = [.. Inputs.Select(input => numbers.TryGetValue(input.Name, out double number) ? ValueOf(input, number) : null)];
        return this with { Inputs = [.. Inputs.Where((_, index) => values[index] is null)], Run = given => Run(Complete(values, given)) };
    }

    private static Tensor[] Complete(Tensor?[] values, Tensor[] given)
    {
        int next = 0;
        return [.. values.Select(value => value ?? given[next++])];
    }

    private static Tensor ValueOf(RunnableInput input, double number) => input.Dimensions is { } sizes && Array.TrueForAll(sizes, size => size >= 0)
        ? Tensor.Full([.. sizes], number, input.Type ?? DataType.Float32)
        : throw new UsageException($"--value: the sizes of '{input.Name}' are open.");
}
