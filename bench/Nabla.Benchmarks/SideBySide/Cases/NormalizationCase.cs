using Nabla.Ops.Normalizations;
using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Layer norm and batch norm as in training, forward alone and with the backward pass behind it; the figure counts bytes read and written.</summary>
internal static class NormalizationCase
{
    private const double Epsilon = 1e-5;

    public static IEnumerable<Duel> Duels()
    {
        yield return LayerNorm([4096, 1024], backward: false);
        yield return LayerNorm([4096, 1024], backward: true);
        yield return BatchNorm([32, 32, 32, 64], backward: false);
        yield return BatchNorm([32, 32, 32, 64], backward: true);
    }

    private static Duel LayerNorm(Shape size, bool backward)
    {
        Tensor[] inputs = Inputs(size);
        torch.Tensor[] peers = [.. inputs.Select(input => input.ToTorch())];
        RowNormalization op = new(Epsilon, Centered: true);
        return Duel($"layer norm {size}", size, backward, inputs, peers, op.Apply, new RowNormalizationGradient(Epsilon, Centered: true).Apply,
            (x, scale, bias) => torch.nn.functional.layer_norm(x, [size[-1]], scale, bias, Epsilon));
    }

    // libtorch gets the same memory, seen as channels first: it computes in the channels-last layout.
    private static Duel BatchNorm(Shape size, bool backward)
    {
        Tensor[] inputs = Inputs(size);
        torch.Tensor[] peers = [.. inputs.Select(input => input.Rank == size.Rank ? input.ToTorch().permute(0, 3, 1, 2) : input.ToTorch())];
        BatchNormalization op = new(Epsilon);
        return Duel($"batch norm {size}", size, backward, inputs, peers, op.Apply, new BatchNormalizationGradient(Epsilon).Apply,
            (x, scale, bias) => torch.nn.functional.batch_norm(x, null, null, scale, bias, training: true, momentum: 0.1, eps: Epsilon),
            y => y.permute(0, 2, 3, 1).contiguous());
    }

    private static Duel Duel(
        string name,
        Shape size,
        bool backward,
        Tensor[] inputs,
        torch.Tensor[] peers,
        Func<Tensor[], Tensor[]> forward,
        Func<Tensor[], Tensor[]> gradient,
        Func<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor> peer,
        params Func<torch.Tensor, torch.Tensor>[] layouts)
    {
        double bytes = (double)sizeof(float) * size.ElementCount;
        if (!backward)
        {
            return new Duel($"{name} forward", Metric.Bytes(2 * bytes), () => [forward(inputs[..3])[0]], [Rival.Libtorch("libtorch", () => [peer(peers[0], peers[1], peers[2])], layouts)]) { Tolerance = 1e-4 };
        }

        torch.Tensor[] watched = [.. peers[..3].Select(input => input.detach().requires_grad_(true))];
        return new Duel($"{name} forward and backward", Metric.Bytes(5 * bytes), Ours, [Rival.Libtorch("libtorch", Theirs, layouts)]) { Tolerance = 1e-4 };

        Tensor[] Ours()
        {
            Tensor[] results = forward(inputs[..3]);
            return gradient([inputs[0], inputs[1], results[1], results[2], inputs[3]]);
        }

        torch.Tensor[] Theirs()
        {
            using torch.Tensor y = peer(watched[0], watched[1], watched[2]);
            return [.. torch.autograd.grad([y], watched, [peers[3]])];
        }
    }

    private static Tensor[] Inputs(Shape size)
    {
        RandomKey key = RandomKey.FromSeed(1);
        return [key.Normal(size), RandomKey.FromSeed(2).Uniform([size[-1]]), RandomKey.FromSeed(3).Normal([size[-1]]), RandomKey.FromSeed(4).Normal(size)];
    }
}
