using Nabla.Backends.Cpu;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;
using Nabla.Transforms;

namespace Nabla.Tests.Layers;

[Collection(nameof(WorkerPool))]
public sealed class LayerModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_network_of_nested_layers_comes_back_from_a_model_file()
    {
        Sequential network = Network();
        network.Load(network.State().ToDictionary(pair => pair.Key, pair => pair.Value + 0.25));
        ModelFolder.Save(folder.File("model.nabla"), new SavedModel("nested", network));
        Sequential loaded = ModelFolder.Load(folder.File("model.nabla")).Network;
        Assert.Equal(network.State().Keys, loaded.State().Keys);
        Assert.Equal(network.TrainableParameters.Select(pair => pair.Key), loaded.TrainableParameters.Select(pair => pair.Key));
        Assert.Equal(new L2(0.01), loaded.NamedParameters.Single(pair => pair.Key == "block.body.1.kernel").Value.Regularizer);
        Assert.Equal(network.Forward(Input()).ToArray<float>(), loaded.Forward(Input()).ToArray<float>());
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit_of_a_training_step()
    {
        List<byte[]> results = [];
        foreach (int threads in Backends.Cpu.Threads.Counts)
        {
            Backends.Cpu.Threads.With(threads, () => results.Add(Step()));
        }

        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Fact]
    public void What_layers_remember_is_written_by_compiled_steps_too()
    {
        (Sequential eager, Sequential compiled) = (Network(), Network());
        CompiledFunction step = Compilation.Compile(inputs => [Train(compiled, inputs[0])]);
        for (int index = 0; index < 2; index++)
        {
            Assert.Equal(Train(eager, Input()).ToArray<float>(), step.Invoke(Input())[0].ToArray<float>());
        }

        Assert.All(eager.State(), pair => Assert.Equal(pair.Value.ToArray<float>(), compiled.State()[pair.Key].ToArray<float>()));
        Assert.NotEqual(Network().State()["1.mean"].ToArray<float>(), eager.State()["1.mean"].ToArray<float>());
    }

    [Fact]
    public void The_network_of_the_guide_has_the_parameters_that_the_guide_names()
    {
        Sequential model = new(
            [16],
            seed: 1,
            new Dense(32, ActivationKind.Relu) { KernelInitializer = new HeNormal(), KernelRegularizer = new L2(1e-4) },
            new Residual(new Chain(new LayerNorm(), new Dense(32, ActivationKind.Gelu), new Dense(32))) { Name = "block" },
            new Concatenated(new Dense(8), new Chain(new Dense(8), new Dropout(0.2))),
            new Dense(3, ActivationKind.Softmax) { Name = "head" });
        model.Layers[0].Freeze();
        Assert.Equal("0.kernel, 0.bias, block.body.0.scale, block.body.0.bias", string.Join(", ", model.State().Keys.Take(4)));
        Assert.Equal("head.bias", model.State().Keys.Last());
        Assert.Equal(544, model.Summary().Frozen);
    }

    private static byte[] Step()
    {
        Sequential network = Network();
        ForwardContext context = new(training: true, RandomKey.FromSeed(4));
        Tensor[] weights = [.. network.TrainableParameters.Select(pair => pair.Value.Value)];
        (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => network.Forward(Input(), context).Square().Sum(), weights);
        context.ApplyUpdates();
        return [.. gradients.Prepend(value).Concat(network.State().Values).SelectMany(tensor => tensor.AsBytes().ToArray())];
    }

    private static Tensor Train(Sequential network, Tensor input)
    {
        ForwardContext context = new(training: true, RandomKey.FromSeed(4));
        Tensor output = network.Forward(input, context);
        context.ApplyUpdates();
        return output;
    }

    private static Tensor Input() => RandomKey.FromSeed(2).Integers([37, 20], 0, 50);

    private static Sequential Network() => new(
        [20],
        seed: 1,
        new Embedding(50, 24, paddingIndex: 0),
        new BatchNorm(),
        new Residual(new Chain(new LayerNorm(), new Dense(24, ActivationKind.Gelu) { KernelRegularizer = new L2(0.01) }, new Dropout(0.1))) { Name = "block" },
        new Concatenated(new GroupNorm(4), new Chain(new RmsNorm(), new SpatialDropout1D(0.1), new PRelu())),
        new Permute(1, 0),
        new Multiplied(new Dense(3), new Dense(3, ActivationKind.Sigmoid)),
        new Flatten(),
        new AlphaDropout(0.1),
        new Dense(2) { KernelInitializer = new Orthogonal() });
}
