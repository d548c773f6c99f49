using TorchSharp;
using TorchSharp.Modules;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The same steps by libtorch.</summary>
internal sealed class TrainedPeer(torch.nn.Module<torch.Tensor, torch.Tensor> network, torch.Tensor images, torch.Tensor labels, double learningRate)
{
    private readonly Adam adam = torch.optim.Adam(network.parameters(), learningRate);

    /// <summary>Takes one step and gives the loss before it.</summary>
    public torch.Tensor[] Step()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        adam.zero_grad();
        torch.Tensor loss = torch.nn.functional.cross_entropy(network.forward(images), labels);
        loss.backward();
        adam.step();
        return [loss.detach().DetachFromDisposeScope()];
    }
}
