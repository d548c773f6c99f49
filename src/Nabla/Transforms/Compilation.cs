using Nabla.Graphs;
using Nabla.Graphs.Passes;

namespace Nabla.Transforms;

/// <summary>Turns functions of tensors into graphs that run without the function.</summary>
public static class Compilation
{
    /// <summary>A function that is traced once for each signature and then runs as a graph. Concrete tensors that it captures are constants.</summary>
    /// <param name="function">Computes tensors from tensors, and does nothing else that counts: it runs only once for each signature.</param>
    /// <example>
    /// <code>
    /// CompiledFunction norm = Compilation.Compile(x => [(x[0] * x[0]).Sum().Sqrt()]);
    /// Tensor five = norm.Invoke(Tensor.From([3f, 4f]))[0];
    /// </code>
    /// </example>
    public static CompiledFunction Compile(Func<Tensor[], Tensor[]> function) => new(function);

    /// <summary>A function of one tensor that is traced once for each signature and then runs as a graph.</summary>
    /// <inheritdoc cref="Compile(Func{Tensor[], Tensor[]})"/>
    public static Func<Tensor, Tensor> Compile(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        CompiledFunction compiled = new(inputs => [function(inputs[0])]);
        return input => compiled.Invoke(input)[0];
    }

    /// <summary>The graph of a function for inputs of the given types, before any pass.</summary>
    public static Graph Trace(Func<Tensor[], Tensor[]> function, params IReadOnlyList<TensorType> signature)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(signature);
        return Tracer.Trace(function, [.. signature.Select((type, index) => ($"x{index}", type))]);
    }
}

/// <summary>A function that runs as a graph, one for each signature of its inputs.</summary>
public sealed class CompiledFunction
{
    private readonly Func<Tensor[], Tensor[]> function;
    private readonly SignatureCache<Executable> executables;

    internal CompiledFunction(Func<Tensor[], Tensor[]> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        this.function = function;
        executables = new(signature => new Executable(GraphOf(signature)));
    }

    /// <summary>Computes the function. Where a tape or a tracer listens, it runs as it was written.</summary>
    /// <exception cref="InvalidOperationException">The function reads the elements of a tensor, which have no value while it is traced.</exception>
    public Tensor[] Invoke(params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (Tracer.Current is not null || Tape.Current is not null)
        {
            return function(inputs);
        }

        lock (executables)
        {
            return executables.Find([.. inputs.Select(input => input.Type)]).Run(inputs);
        }
    }

    /// <summary>The graph that runs for inputs of the given types.</summary>
    public Graph GraphOf(params IReadOnlyList<TensorType> signature) => Compilation.Trace(function, signature).Optimize();
}
