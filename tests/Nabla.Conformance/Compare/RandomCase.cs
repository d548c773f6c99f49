using Nabla.Peers;
using Nabla.Transforms;
using TorchSharp;

namespace Nabla.Conformance.Compare;

/// <summary>One function by Nabla and by libtorch, of inputs of given shapes in Nabla's layout.</summary>
internal sealed record RandomCase(string Name, Shape[] Inputs, Func<Tensor[], Tensor> Nabla, Func<torch.Tensor[], torch.Tensor> Libtorch)
{
    /// <summary>What differs in the output or a gradient; null if nothing does.</summary>
    public string? Difference(double tolerance)
    {
        Tensor[] inputs = [.. Inputs.Select((shape, index) => RandomKey.FromSeed(index).Normal(shape).To(DataType.Float64))];
        torch.Tensor[] leaves = [.. inputs.Select(input => input.ToTorch().requires_grad_())];
        torch.Tensor output = Libtorch(leaves);
        Tensor expected = output.ToNabla();
        if (TensorDifference.Find(Nabla(inputs), expected, tolerance) is { } wrong)
        {
            return wrong;
        }

        Tensor cotangent = RandomKey.FromSeed(inputs.Length).Normal(expected.Shape).To(DataType.Float64);
        output.backward([cotangent.ToTorch()]);
        Tensor[] gradients = Gradients.ValueAndGradient(() => (Nabla(inputs) * cotangent).Sum(), inputs).Gradients;
        return leaves
            .Select((leaf, index) => TensorDifference.Find(gradients[index], leaf.grad!.ToNabla(), tolerance) is { } difference ? $"gradient {index}: {difference}" : null)
            .FirstOrDefault(difference => difference is not null);
    }
}
