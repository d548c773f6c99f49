using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Functions of each element, of what fits the second-level cache and of what fits no cache; the figure counts bytes read and written.</summary>
internal static class ElementwiseCase
{
    private static readonly Shape[] Sizes = [[64, 1024], [4096, 4096]];

    public static IEnumerable<Duel> Duels()
    {
        foreach (Shape size in Sizes)
        {
            yield return Unary("relu", size, x => x.Relu(), x => x.relu());
            yield return Binary("add", size, (x, y) => x + y, (x, y) => x + y);
            yield return Binary("multiply", size, (x, y) => x * y, (x, y) => x * y);
            yield return Binary("choose the larger", size, (x, y) => x.Greater(y).Where(x, y), (x, y) => torch.where(x > y, x, y));
            yield return Unary("exp", size, x => x.Exp(), x => x.exp());
            yield return Unary("sigmoid", size, x => x.Sigmoid(), x => x.sigmoid());
            yield return Unary("tanh", size, x => x.Tanh(), x => x.tanh());
            yield return Unary("gelu", size, x => x.Gelu(), x => torch.nn.functional.gelu(x));
            yield return Unary("gelu tanh", size, x => x.GeluTanh(), x => torch.nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh));
        }
    }

    private static Duel Unary(string name, Shape size, Func<Tensor, Tensor> nabla, Func<torch.Tensor, torch.Tensor> libtorch)
    {
        Tensor x = RandomKey.FromSeed(1).Normal(size);
        torch.Tensor y = x.ToTorch();
        return new Duel($"{name} {size[0]}x{size[1]}", Metric.Bytes(2.0 * x.Type.ByteCount), () => [nabla(x)], () => [libtorch(y)]);
    }

    private static Duel Binary(string name, Shape size, Func<Tensor, Tensor, Tensor> nabla, Func<torch.Tensor, torch.Tensor, torch.Tensor> libtorch)
    {
        (Tensor x, Tensor y) = (RandomKey.FromSeed(1).Normal(size), RandomKey.FromSeed(2).Normal(size));
        (torch.Tensor u, torch.Tensor v) = (x.ToTorch(), y.ToTorch());
        return new Duel($"{name} {size[0]}x{size[1]}", Metric.Bytes(3.0 * x.Type.ByteCount), () => [nabla(x, y)], () => [libtorch(u, v)]);
    }
}
