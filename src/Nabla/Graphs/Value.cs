using Nabla.Ops;

namespace Nabla.Graphs;

/// <summary>A tensor of a graph: its type is known, its elements are computed when the graph runs.</summary>
internal abstract class Value(TensorType type)
{
    /// <summary>The type of the elements and the shape.</summary>
    public TensorType Type => type;

    /// <summary>Where the tensor comes from, for errors.</summary>
    public abstract string Origin { get; }
}

/// <summary>A tensor that the caller gives to each run.</summary>
internal sealed class Argument(TensorType type, string name) : Value(type)
{
    /// <summary>What the caller knows it by.</summary>
    public string Name => name;

    /// <inheritdoc/>
    public override string Origin => $"the argument '{name}'";
}

/// <summary>What a cell holds when a run begins.</summary>
internal sealed class CellValue(Cell cell) : Value(cell.Type)
{
    /// <summary>The cell.</summary>
    public Cell Cell => cell;

    /// <inheritdoc/>
    public override string Origin => $"the value of '{cell.Name}'";
}

/// <summary>A tensor that is the same in each run.</summary>
internal sealed class Constant(Tensor tensor) : Value(tensor.Type)
{
    /// <summary>The tensor.</summary>
    public Tensor Tensor => tensor;

    /// <inheritdoc/>
    public override string Origin => "a constant";
}

/// <summary>One of the results of a node.</summary>
internal sealed class Result(Node node, int index, TensorType type) : Value(type)
{
    /// <summary>What computes it.</summary>
    public Node Node => node;

    /// <summary>Which of the results it is.</summary>
    public int Index => index;

    /// <inheritdoc/>
    public override string Origin => $"the result of {node.Op.Name}";
}

/// <summary>An op applied to values.</summary>
internal sealed class Node
{
    private readonly Value[] inputs;
    private readonly Result[] results;

    public Node(Op op, Value[] inputs, TensorType[] types)
    {
        Op = op;
        this.inputs = inputs;
        results = [.. types.Select((type, index) => new Result(this, index, type))];
    }

    /// <summary>What is applied.</summary>
    public Op Op { get; }

    /// <summary>What it is applied to.</summary>
    public IReadOnlyList<Value> Inputs => inputs;

    /// <summary>What comes out.</summary>
    public IReadOnlyList<Result> Results => results;
}
