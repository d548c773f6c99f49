using Nabla.Backends;
using Nabla.Backends.Cpu;
using Nabla.Graphs.Passes;
using Nabla.Ops.Quantization;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs;

/// <summary>
/// A graph made ready to run: a flat list of kernel calls over one arena. Everything is allocated once; a run binds the arguments, the cells and
/// the outputs to the tensors that the kernels see, and calls one kernel after the other. What depends on cells alone, such as folded weights, is
/// computed when one of them has changed.
/// </summary>
internal sealed class Executable
{
    private readonly Graph graph;
    private readonly MemoryPlan plan;
    private readonly MemoryPlan preparationPlan;
    private readonly (Tensor[] Places, long Offset, long ByteCount)[] passing;
    private readonly Storage arena;
    private readonly bool borrowed;
    private readonly Dictionary<Value, Tensor> tensors = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, List<Tensor>> places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Storage> standing = new(ReferenceEqualityComparer.Instance);
    private readonly Instruction[] preparation;
    private readonly Instruction[] instructions;
    private readonly (Cell Cell, long[] Version)[] prepared;
    private readonly Tensor[][] argumentPlaces;
    private readonly (Cell Cell, Tensor[] Places)[] reads;
    private readonly CellTarget[] writes;
    private readonly (long ByteCount, Tensor[] Places)[] results;
    private readonly Cell[] returned;
    private bool isPrepared;

    /// <summary>Plans memory and finds kernels.</summary>
    /// <param name="source">What is to be run.</param>
    /// <param name="borrowed">
    /// Whether the outputs are lent until the next run, in the same memory each time, instead of new ones. Such runs are steps of training: cells change
    /// between them, so nothing is kept of what depends on cells, unless weights are packed as bytes, which takes longer than a step.
    /// </param>
    public Executable(Graph source, bool borrowed = false)
    {
        this.borrowed = borrowed;
        graph = (borrowed ? source : source.PackFilters().PackProducts()).SeparateWrites();
        HashSet<Node> steady = borrowed && !graph.Nodes.Any(node => node.Op is QuantizedPacking) ? [] : SteadyNodes(graph);
        foreach (Result result in StandingResults(graph, steady))
        {
            standing[result] = Storage.Allocate(result.Type.ByteCount);
        }

        plan = MemoryPlan.Of(graph, steady.SelectMany(node => node.Results));
        arena = Storage.Allocate(plan.Size);
        preparationPlan = MemoryPlan.Of(
            new Graph([], [.. graph.Nodes.Where(node => node.Op is IReshapeOp || steady.Contains(node))], [.. standing.Keys], []), standing.Keys);
        preparation = [.. graph.Nodes.Where(steady.Contains).Select(CreateInstruction)];
        instructions = [.. graph.Nodes.Where(node => node.Op is not IReshapeOp && !steady.Contains(node)).Select(CreateInstruction)];
        prepared = [.. steady.SelectMany(node => node.Inputs).Select(MemoryPlan.Root).OfType<CellValue>().Select(value => value.Cell).Distinct()
            .Select(cell => (cell, new long[1]))];
        passing = [.. preparationPlan.Offsets.Select(place => (PlacesOf(place.Key), place.Value, place.Key.Type.ByteCount))];
        foreach (Value kept in graph.Kept)
        {
            TensorOf(kept);
        }

        argumentPlaces = [.. graph.Arguments.Select(PlacesOf)];
        reads = [.. places.Keys.OfType<CellValue>().Select(value => (value.Cell, PlacesOf(value)))];
        writes = [.. graph.Writes.Select(CreateTarget)];
        HashSet<Value> written = new(graph.Writes.Select(write => MemoryPlan.Root(write.Value)), ReferenceEqualityComparer.Instance);
        results = [.. graph.Outputs.Select(MemoryPlan.Root).OfType<Result>().Distinct().Where(root => !written.Contains(root)).Select(root => (root.Type.ByteCount, PlacesOf(root)))];
        returned = [.. graph.Outputs.Select(MemoryPlan.Root).OfType<CellValue>().Select(value => value.Cell)];
        if (borrowed)
        {
            BindResults();
        }
    }

    /// <summary>The bytes of the arena: what lies between arguments and outputs.</summary>
    public long ArenaBytes => plan.Size;

    /// <summary>Computes the graph.</summary>
    /// <param name="arguments">One for each argument of the graph, of its type.</param>
    /// <returns>The outputs. When they are lent, they are valid until the next run.</returns>
    public Tensor[] Run(params ReadOnlySpan<Tensor> arguments)
    {
        Execute(arguments);
        return [.. graph.Outputs.Select(output => Output(output))];
    }

    /// <summary>Computes the graph and leaves the outputs where <see cref="Lent"/> finds them; allocates nothing.</summary>
    public void Execute(params ReadOnlySpan<Tensor> arguments)
    {
        for (int index = 0; index < argumentPlaces.Length; index++)
        {
            Argument expected = graph.Arguments[index];
            Bind(argumentPlaces[index], arguments[index].Type == expected.Type
                ? arguments[index].Storage
                : throw new ArgumentException($"The compiled function expects '{expected.Name}' of {expected.Type} but got {arguments[index].Type}."));
        }

        BindCells();
        if (!borrowed)
        {
            BindResults();
        }

        Prepare();
        Run(instructions);
        foreach (CellTarget target in writes)
        {
            target.Commit();
        }

        GC.KeepAlive(this);
    }

    /// <summary>An output that is lent until the next run.</summary>
    public Tensor Lent(int output) => tensors[graph.Outputs[output]];

    private static void Run(Instruction[] instructions)
    {
        Recording? recording = Recording.Current;
        foreach (Instruction instruction in instructions)
        {
            if (recording is null)
            {
                instruction.Kernel(instruction.Op, instruction.Inputs, instruction.Outputs);
            }
            else
            {
                recording.Run(instruction.Kernel, instruction.Op, instruction.Inputs, instruction.Outputs);
            }
        }
    }

    private static HashSet<Node> SteadyNodes(Graph graph)
    {
        Steadiness steadiness = new(graph.Writes);
        HashSet<Value> kept = new(graph.Kept.Select(MemoryPlan.Root), ReferenceEqualityComparer.Instance);
        return [.. graph.Nodes.Where(node => node.Op is not IReshapeOp && steadiness.Holds(node) && !node.Results.Any(kept.Contains))];
    }

    /// <summary>The steady results that are read in each run.</summary>
    private static IEnumerable<Result> StandingResults(Graph graph, HashSet<Node> steady) => graph.Nodes
        .Where(node => node.Op is not IReshapeOp && !steady.Contains(node)).SelectMany(node => node.Inputs).Select(MemoryPlan.Root)
        .OfType<Result>().Where(result => steady.Contains(result.Node)).Distinct();

    private void Prepare()
    {
        bool current = isPrepared;
        foreach ((Cell cell, long[] version) in prepared)
        {
            current &= version[0] == cell.Version;
        }

        if (current)
        {
            return;
        }

        // What only stands between the steps of the preparation has memory as long as it runs.
        Storage between = Storage.Allocate(preparationPlan.Size);
        foreach ((Tensor[] places, long offset, long byteCount) in passing)
        {
            Bind(places, between.Slice(offset, byteCount));
        }

        Run(preparation);
        foreach ((Tensor[] places, long _, long _) in passing)
        {
            Bind(places, arena);
        }

        isPrepared = true;
        foreach ((Cell cell, long[] version) in prepared)
        {
            version[0] = cell.Version;
        }
    }

    private static void Bind(Tensor[] tensors, Storage storage)
    {
        foreach (Tensor tensor in tensors)
        {
            tensor.Bind(storage);
        }
    }

    private void BindCells()
    {
        foreach (Cell cell in returned)
        {
            _ = cell.Value;
        }

        foreach ((Cell cell, Tensor[] places) in reads)
        {
            Bind(places, cell.Storage);
        }

        foreach (CellTarget target in writes)
        {
            Bind(target.Places, target.Prepare());
        }
    }

    private void BindResults()
    {
        foreach ((long byteCount, Tensor[] places) in results)
        {
            Bind(places, Storage.Allocate(byteCount));
        }
    }

    private Tensor Output(Value output) => borrowed || MemoryPlan.Root(output) is Constant
        ? tensors[output]
        : new Tensor(output.Type, tensors[output].Storage);

    private Instruction CreateInstruction(Node node) => new(
        node.Op, CpuBackend.KernelOf(node.Op, [.. node.Inputs.Select(input => input.Type)]), [.. node.Inputs.Select(TensorOf)], [.. node.Results.Select(TensorOf)]);

    private CellTarget CreateTarget(CellWrite write)
    {
        Result root = (Result)MemoryPlan.Root(write.Value);
        return new CellTarget(write.Cell, PlacesOf(root), IsInPlace(write.Cell, root));
    }

    private bool IsInPlace(Cell cell, Result root)
    {
        CellValue? value = root.Node.Inputs.Select(MemoryPlan.Root).OfType<CellValue>().FirstOrDefault(input => input.Cell == cell);
        return value is not null && graph.Nodes[plan.LastRead(value)] == root.Node && MemoryPlan.MayOverwrite(root.Node, value, root);
    }

    private Tensor[] PlacesOf(Value root) => places.TryGetValue(root, out List<Tensor>? found) ? [.. found] : [];

    private Tensor TensorOf(Value value)
    {
        if (tensors.TryGetValue(value, out Tensor? tensor))
        {
            return tensor;
        }

        Value root = MemoryPlan.Root(value);
        if (root is Constant constant)
        {
            return tensors[value] = value == root ? constant.Tensor : constant.Tensor.WithShape(value.Type.Shape);
        }

        if (standing.TryGetValue(root, out Storage? own))
        {
            return tensors[value] = new Tensor(value.Type, own);
        }

        if (plan.Offsets.TryGetValue(root, out long offset))
        {
            return tensors[value] = new Tensor(value.Type, arena.Slice(offset, value.Type.ByteCount));
        }

        tensor = tensors[value] = new Tensor(value.Type, arena);
        (places.TryGetValue(root, out List<Tensor>? same) ? same : places[root] = []).Add(tensor);
        return tensor;
    }

    private sealed record Instruction(Ops.Op Op, CpuKernel Kernel, Tensor[] Inputs, Tensor[] Outputs);
}
