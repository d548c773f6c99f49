using Nabla.Ops;
using Nabla.Transforms;

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
    private readonly StepScope? scope;

    private Tracer(StepScope? scope = null) => this.scope = scope;

    /// <summary>The tracer that listens on this thread.</summary>
    public static Tracer? Current => current;

    /// <summary>What is around the step that is traced; null where a whole function is.</summary>
    public StepScope? Scope => scope;

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

    /// <summary>
    /// Runs a function once, with symbolic tensors, that may use tensors of what is around it: of another trace, or such as tapes follow. They become
    /// arguments behind the function's own.
    /// </summary>
    /// <returns>What it did, and the tensors from around it in the order of their arguments.</returns>
    public static (Graph Graph, Tensor[] Captured) TraceStep(Func<Tensor[], Tensor[]> function, params IReadOnlyList<TensorType> arguments)
    {
        Argument[] given = [.. arguments.Select((type, index) => new Argument(type, $"x{index}"))];
        StepScope scope = new(current, Tape.Current, given);
        Tracer tracer = new(scope);
        current = tracer;
        try
        {
            Tensor[] outputs = Tape.Pause(() => function([.. given.Select(argument => new Tensor(argument))]));
            Value[] results = [.. outputs.Select(tracer.ValueOf)];
            return (new Graph([.. given, .. scope.Captured.Values], tracer.builder.Nodes, results, []), [.. scope.Captured.Keys]);
        }
        finally
        {
            current = scope.Outer;
        }
    }

    /// <summary>Notes an op if it touches anything symbolic; null when it can run at once.</summary>
    public Tensor[]? Record(Op op, Tensor[] inputs, TensorType[] types)
    {
        if (!op.IsSymbolic && !Array.Exists(inputs, input => input.Symbol is not null || scope?.Follows(input) == true))
        {
            return null;
        }

        IReadOnlyList<Result> results = builder.Add(op, [.. inputs.Select(ValueOf)], types);
        scope?.Add(results);
        return [.. results.Select(result => new Tensor(result))];
    }

    /// <summary>The tensor of a cell as the function sees it: what it wrote, or what the cell will hold when a run begins.</summary>
    public Tensor Read(Cell cell)
    {
        if (scope is not null)
        {
            return scope.Outer?.Read(cell) ?? cell.Held;
        }

        if (written.TryGetValue(cell, out Tensor? value) || held.TryGetValue(cell, out value))
        {
            return value;
        }

        return held[cell] = new Tensor(new CellValue(cell));
    }

    /// <summary>Notes the new value of a cell.</summary>
    public void Write(Cell cell, Tensor value) => written[cell] = scope is null
        ? value
        : throw new InvalidOperationException($"A step of a scan cannot change '{cell.Name}': return what is to be kept as a state.");

    private Graph Finish(Argument[] given, Tensor[] outputs) => new(
        given,
        builder.Nodes,
        [.. outputs.Select(ValueOf)],
        [.. written.Select(pair => new CellWrite(pair.Key, ValueOf(pair.Value)))]);

    private Value ValueOf(Tensor tensor)
    {
        if (scope?.Capture(tensor) is { } argument)
        {
            return argument;
        }

        if (tensor.Symbol is { } symbol)
        {
            return symbol;
        }

        return constants.TryGetValue(tensor, out Constant? constant) ? constant : constants[tensor] = new Constant(tensor);
    }
}
