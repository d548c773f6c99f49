using Nabla.Peers;
using Nabla.Transforms;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>
/// Attention of short and of long sequences, forward and with the backward pass behind it; neither side keeps the scores. The figure counts the products of
/// the definition, two forward and four back; what is computed anew backwards does not count.
/// </summary>
internal static class AttentionCase
{
    private const double Forward = 4;
    private const double Backward = 8;

    public static IEnumerable<Duel> Duels()
    {
        foreach (Shape shape in new Shape[] { [16, 128, 4, 64], [1, 1024, 4, 64], [1, 4096, 4, 64] })
        {
            yield return Answering(shape);
            yield return Learning(shape);
        }
    }

    private static Metric Flops(Shape shape, double products) => Metric.Flops(products * shape.ElementCount * shape[1]);

    private static string Name(Shape shape) => $"{shape[1]} tokens, batch of {shape[0]}";

    private static Tensor[] Inputs(Shape shape) => [.. Enumerable.Range(1, 4).Select(seed => RandomKey.FromSeed(seed).Normal(shape))];

    private static torch.Tensor ByHead(torch.Tensor x) => x.transpose(1, 2);

    private static torch.Tensor Attend(torch.Tensor[] x) =>
        torch.nn.functional.scaled_dot_product_attention(ByHead(x[0]), ByHead(x[1]), ByHead(x[2])).transpose(1, 2);

    private static Duel Answering(Shape shape)
    {
        Tensor[] inputs = Inputs(shape);
        torch.Tensor[] peers = Array.ConvertAll(inputs, input => input.ToTorch());
        return new Duel(Name(shape), Flops(shape, Forward), () => [inputs[0].Attend(inputs[1], inputs[2])], () => [Attend(peers)]) { Tolerance = 1e-4 };
    }

    private static Duel Learning(Shape shape)
    {
        Tensor[] inputs = Inputs(shape);
        torch.Tensor[] peers = Array.ConvertAll(inputs, input => input.ToTorch().requires_grad_(true));
        return new Duel($"{Name(shape)}, forward and backward", Flops(shape, Forward + Backward), Ours, Theirs) { Tolerance = 1e-4 };

        Tensor[] Ours()
        {
            (Tensor means, Tape tape) = Tape.Record(inputs[..3], () => inputs[0].Attend(inputs[1], inputs[2]));
            return [.. tape.Backward(means, inputs[3], inputs[..3]).OfType<Tensor>()];
        }

        torch.Tensor[] Theirs()
        {
            using torch.Tensor means = Attend(peers);
            return [.. torch.autograd.grad([means], peers[..3], [peers[3].detach()])];
        }
    }
}
