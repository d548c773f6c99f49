using Nabla.Ops;

namespace Nabla.Graphs;

/// <summary>
/// Notes what a function does to symbolic tensors, on one thread. Ops on concrete tensors alone run at once: their results are constants of
/// the graph. Tapes work as ever, so gradients are traced like anything else.
/// </summary>
internal sealed class Tracer
{
    [ThreadStatic]
    private static Tracer? current;

    private readonly GraphBuilder builder = new();
    private readonly Dictionary<Tensor, Constant> constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Cell, Tensor> held = new(ReferenceEqualityComparer.Instance);
    private readonly OrderedDictionary<Cell, Tensor> written = new();

    private Tracer()
    {
    }

    /// <summary>The tracer that listens on this thread.</summary>
    public static Tracer? Current => current;

    /// <summary>Runs a function once with symbolic tensors and gives what it did.</summary>
    /// <param name="function">Computes tensors from tensors; may read and write cells.</param>
    /// <param name="arguments">The names and types of what it is given.</param>
    public static Graph Trace(Func<Tensor[], Tensor[]> function, params IReadOnlyList<(string Name, TensorType Type)> arguments)
    {
        if (current is not null)
        {
            throw new InvalidOperationException("A function is traced already on this thread.");
        }

        Tracer tracer = new();
        Argument[] given = [.. arguments.Select(argument => new Argument(argument.Type, argument.Name))];
        current = tracer;
        try
        {
            Tensor[] outputs = function([.. given.Select(argument => new Tensor(argument))]);
            return tracer.Finish(given, outputs);
        }
        finally
        {
            current = null;
        }
    }

    /// <summary>Notes an op if it touches anything symbolic; null when it can run at once.</summary>
    public Tensor[]? Record(Op op, Tensor[] inputs, TensorType[] types) => Array.Exists(inputs, input => input.Symbol is not null) || op.IsSymbolic
        ? [.. builder.Add(op, [.. inputs.Select(ValueOf)], types).Select(result => new Tensor(result))]
        : null;

    /// <summary>The tensor of a cell as the function sees it: what it wrote, or what the cell will hold when a run begins.</summary>
    public Tensor Read(Cell cell)
    {
        if (written.TryGetValue(cell, out Tensor? value) || held.TryGetValue(cell, out value))
        {
            return value;
        }

        return held[cell] = new Tensor(new CellValue(cell));
    }

    /// <summary>Notes the new value of a cell.</summary>
    public void Write(Cell cell, Tensor value) => written[cell] = value;

    private Graph Finish(Argument[] given, Tensor[] outputs) => new(
        given,
        builder.Nodes,
        [.. outputs.Select(ValueOf)],
        [.. written.Select(pair => new CellWrite(pair.Key, ValueOf(pair.Value)))]);

    private Value ValueOf(Tensor tensor)
    {
        if (tensor.Symbol is { } symbol)
        {
            return symbol;
        }

        return constants.TryGetValue(tensor, out Constant? constant) ? constant : constants[tensor] = new Constant(tensor);
    }
}
