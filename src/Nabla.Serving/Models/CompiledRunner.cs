using Nabla.Graphs;
using Nabla.Transforms;

namespace Nabla.Serving.Models;

/// <summary>Runs a function as graphs, one for each signature of its inputs; functions that cannot be traced run op by op.</summary>
internal sealed class CompiledRunner : IModelRunner
{
    private readonly Func<Tensor[], Tensor[]> function;
    private readonly SignatureCache<Executable?> executables;

    /// <param name="function">Computes outputs from inputs.</param>
    public CompiledRunner(Func<Tensor[], Tensor[]> function)
    {
        this.function = function;
        executables = new(Compile, executable => ArenaBytes -= executable?.ArenaBytes ?? 0);
    }

    /// <inheritdoc/>
    public long ArenaBytes { get; private set; }

    /// <inheritdoc/>
    public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
    {
        TensorType[] types = new TensorType[inputs.Length];
        for (int index = 0; index < types.Length; index++)
        {
            types[index] = inputs[index].Type;
        }

        return executables.Find(types) is { } executable ? executable.Run(inputs) : function(inputs.ToArray());
    }

    // A shape that depends on the values of inputs has none while there are no values.
    private Executable? Compile(TensorType[] signature)
    {
        try
        {
            Executable executable = new(Compilation.Compile(function).GraphOf(signature));
            ArenaBytes += executable.ArenaBytes;
            return executable;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
