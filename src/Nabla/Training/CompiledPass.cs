using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>Computes passes as graphs, one for each signature of a batch: a last, smaller batch has its own.</summary>
internal sealed class CompiledPass(EagerPass pass) : IPassFunction
{
    private readonly SignatureCache<Entry> withPenalties = new(signature => new Entry(pass, signature, penalties: true));
    private readonly SignatureCache<Entry> withoutPenalties = new(signature => new Entry(pass, signature, penalties: false));

    /// <inheritdoc/>
    public Pass Run(Tensor input, Tensor targets, Tensor shares, RandomKey key, bool penalties) =>
        (penalties ? withPenalties : withoutPenalties).Find(input.Type, targets.Type, shares.Type).Run(input, targets, shares, key);

    private sealed class Entry
    {
        private readonly KeyArgument key = new();
        private readonly Executable executable;
        private readonly Pass lent;

        public Entry(EagerPass pass, TensorType[] signature, bool penalties)
        {
            Pass? traced = null;
            Graph graph = Tracer.Trace(
                x =>
                {
                    traced = pass.Run(x[0], x[1], x[2], new RandomKey(key), penalties);
                    return [traced.Objective, traced.Loss, traced.Outputs, .. traced.Gradients.SelectMany(gradient => gradient.Parts), .. traced.Updates.Select(update => update.Value)];
                },
                ("input", signature[0]),
                ("targets", signature[1]),
                ("shares", signature[2]));
            executable = new Executable(graph.Optimize(), borrowed: true);
            lent = Lend(traced!.Gradients, [.. traced.Updates.Select(update => update.Key)]);
        }

        public Pass Run(Tensor input, Tensor targets, Tensor shares, RandomKey bits)
        {
            key.Set(bits);
            executable.Execute(input, targets, shares);
            return lent;
        }

        private Pass Lend(ParameterGradient[] gradients, Parameter[] updated)
        {
            int next = 3;
            ParameterGradient[] lentGradients = [.. gradients.Select(gradient => gradient.With(_ => executable.Lent(next++)))];
            return new(
                executable.Lent(0),
                executable.Lent(1),
                executable.Lent(2),
                lentGradients,
                [.. updated.Select(parameter => KeyValuePair.Create(parameter, executable.Lent(next++)))]);
        }
    }
}
