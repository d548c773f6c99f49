using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>The optimizer's change of all parameters as a graph: values and what is remembered of them are written in place.</summary>
internal sealed class CompiledUpdate(Optimizer optimizer, IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
{
    private Executable? executable;

    /// <summary>Takes one step of the optimizer.</summary>
    /// <param name="gradients">One for each parameter.</param>
    public void Apply(Tensor[] gradients)
    {
        optimizer.Advance();
        executable ??= new Executable(Trace());
        executable.Execute(gradients);
    }

    private Graph Trace() => Tracer.Trace(
        gradients =>
        {
            optimizer.Change(parameters, gradients);
            return [];
        },
        [.. parameters.Select(pair => ($"gradient of {pair.Key}", pair.Value.Type))]).Optimize();
}
