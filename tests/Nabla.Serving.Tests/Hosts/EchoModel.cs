using Nabla.Formats;
using Nabla.Serving.Models;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Tests.Hosts;

/// <summary>Answers with its inputs: one of each type, of three numbers a row.</summary>
internal sealed class EchoModel(params DataType[] types) : IServedModel
{
    public string Platform => "echo";

    public IReadOnlyList<TensorSpec> Inputs { get; } = [.. types.Select(type => new TensorSpec(type.Label, type, [-1, 3]))];

    public IReadOnlyList<TensorSpec> Outputs { get; } = [.. types.Select(type => new TensorSpec($"{type.Label}_out", type, [-1, 3]))];

    public bool Batches => true;

    public long WeightBytes => 0;

    public SavedModel? Saved => null;

    public IModelRunner CreateRunner() => new Runner();

    private sealed class Runner : IModelRunner
    {
        public long ArenaBytes => 0;

        public Tensor[] Run(params ReadOnlySpan<Tensor> inputs) => inputs.ToArray();
    }
}

/// <summary>Answers with its input when it is let to, so that tests decide when a queue moves.</summary>
internal sealed class GatedModel : IServedModel, IDisposable
{
    private readonly SemaphoreSlim gate = new(0);
    private int running;

    public string Platform => "gated";

    public IReadOnlyList<TensorSpec> Inputs { get; } = [new("x", DataType.Float32, [-1, 1])];

    public IReadOnlyList<TensorSpec> Outputs { get; } = [new("y", DataType.Float32, [-1, 1])];

    public bool Batches { get; init; } = true;

    public long WeightBytes => 0;

    public SavedModel? Saved => null;

    /// <summary>The first number of each batch, in the order in which they were computed.</summary>
    public List<float[]> Computed { get; } = [];

    /// <summary>How many computations wait for the gate.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Numbers at which the computation fails.</summary>
    public float? Poison { get; init; }

    public void Open(int count = 1) => gate.Release(count);

    public IModelRunner CreateRunner() => new Runner(this);

    public void Dispose() => gate.Dispose();

    private sealed class Runner(GatedModel model) : IModelRunner
    {
        public long ArenaBytes => 0;

        public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
        {
            float[] values = inputs[0].ToArray<float>();
            bool isProbe = values.All(value => value is >= 0 and <= 1);
            if (!isProbe)
            {
                Interlocked.Increment(ref model.running);
                model.gate.Wait();
                Interlocked.Decrement(ref model.running);
                lock (model.Computed)
                {
                    model.Computed.Add(values);
                }

                if (model.Poison is { } poison && values.Contains(poison))
                {
                    throw new ArgumentException($"the number {poison}");
                }
            }

            return [inputs[0]];
        }
    }
}
