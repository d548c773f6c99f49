using Nabla.Peers;
using TorchSharp;
using TorchSharp.Modules;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The same steps by libtorch.</summary>
/// <param name="network">Ends with logits.</param>
/// <param name="input">How images become what the network takes.</param>
/// <param name="batches">What the steps go round.</param>
/// <param name="learningRate">How far a step goes.</param>
internal sealed class TrainedPeer(
    torch.nn.Module<torch.Tensor, torch.Tensor> network, Func<Tensor, torch.Tensor> input, IReadOnlyList<(Tensor Images, Tensor Labels)> batches, double learningRate)
{
    private readonly Adam adam = torch.optim.Adam(network.parameters(), learningRate);
    private readonly (torch.Tensor Images, torch.Tensor Labels)[] batches =
        [.. batches.Select(batch => (input(batch.Images), batch.Labels.ToTorch().to(torch.int64)))];

    private int next;

    /// <summary>Takes one step and gives the loss before it.</summary>
    public torch.Tensor[] Step()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        (torch.Tensor images, torch.Tensor labels) = batches[next++ % batches.Length];
        adam.zero_grad();
        torch.Tensor loss = torch.nn.functional.cross_entropy(network.forward(images), labels);
        loss.backward();
        adam.step();
        return [loss.detach().DetachFromDisposeScope()];
    }
}
