using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Tests.Training;

/// <summary>Takes away a running mean of its inputs, which no gradient changes: the least that batch normalisation does.</summary>
internal sealed class RunningMean : Layer
{
    private Parameter? mean;

    public override Shape OutputShape(Shape input) => input;

    public override JsonObject Describe() => [];

    protected override void CreateParameters(Shape input, RandomKey key) => mean = Register("mean", Tensor.Zeros(input), trainable: false);

    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (context.Training)
        {
            context.Update(mean!, (mean!.Value * 0.9) + (input.Mean([0]) * 0.1));
        }

        return input - mean!.Value;
    }
}
