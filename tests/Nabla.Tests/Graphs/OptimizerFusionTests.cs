using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class OptimizerFusionTests
{
    private static readonly int[] Sizes = [3, 0, 9000, 1, 8191, 20000, 17];

    public static TheoryData<string> Names => ["adam", "adamw", "sgd", "amsgrad"];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_op_for_all_parameters_takes_the_steps_of_single_ones(string name)
    {
        Optimizer single = Create(name), joint = Create(name);
        KeyValuePair<string, Parameter>[] left = Parameters(), right = Parameters();
        Executable? step = null;
        for (int index = 0; index < 3; index++)
        {
            Tensor[] gradients = [.. Sizes.Select((size, at) => PassCheck.Random(100 + at + index, size))];
            single.Apply(left, gradients);
            joint.Advance();
            step ??= new Executable(Joined(joint, right));
            step.Execute(gradients);
        }

        CompilationTests.AssertSame([.. left.Select(pair => pair.Value.Value)], [.. right.Select(pair => pair.Value.Value)]);
        CompilationTests.AssertSame([.. single.State.Values], [.. joint.State.Values]);
    }

    private static Graph Joined(Optimizer optimizer, KeyValuePair<string, Parameter>[] parameters)
    {
        Graph graph = Tracer.Trace(
            gradients =>
            {
                optimizer.Change(parameters, [.. gradients.Select(gradient => new ParameterGradient(gradient))]);
                return [];
            },
            [.. parameters.Select(pair => (pair.Key, pair.Value.Value.Type))]).Optimize();
        Assert.Single(graph.Nodes, node => node.Op.Name.StartsWith("Joint", StringComparison.Ordinal));
        Assert.Equal(graph.ToString(), graph.Optimize().ToString());
        return graph;
    }

    private static Optimizer Create(string name) => name switch
    {
        "adam" => new Adam(0.01) { WeightDecay = 0.1, ClipGlobalNorm = 1 },
        "adamw" => new AdamW(0.01) { WeightDecay = 0.1, ClipNorm = 1 },
        "amsgrad" => new Adam(0.01, amsGrad: true),
        _ => new Sgd(0.01) { ClipValue = 0.5 },
    };

    private static KeyValuePair<string, Parameter>[] Parameters() =>
        [.. Sizes.Select((size, index) => KeyValuePair.Create($"p{index}", new Parameter($"p{index}", PassCheck.Random(index, size))))];
}
