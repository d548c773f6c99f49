using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Compression.Tests;

/// <summary>Runs the code of docs/adapters.md and docs/distillation.md.</summary>
public sealed class GuideTests
{
    [Fact]
    public void The_base_comes_back_and_takes_what_was_learnt()
    {
        using TemporaryFolder temporary = new();
        string folder = temporary.File("adapter");
        Tensor inputs = RandomKey.FromSeed(1).Normal([8, 3]);
        Tensor targets = inputs.Sum([1]);
        Sequential network = new([3], 1, new Dense(4, ActivationKind.Tanh), new Dense(2), new Dense(1));
        Trainer trainer = new(network, new MeanSquaredError(), new Adam(0.01));
        Tensor before = network.Forward(inputs);
        LoadAndMerge();
        Assert.NotEqual(before.ToArray<float>(), network.Forward(inputs).ToArray<float>());

        void LoadAndMerge()
        {
            AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 1, Targets = ["*.kernel"] });
            trainer.Fit(inputs, targets, new FitOptions { Epochs = 5 });
            adapters.Save(folder);
            adapters.Remove();                                  // the base as it was
            Assert.Equal(before.ToArray<float>(), network.Forward(inputs).ToArray<float>());
            AdapterSet.Load(folder, network).Merge();           // the base with what was learnt
        }
    }

    [Fact]
    public void A_transformer_is_adapted_over_a_base_that_stays()
    {
        using TemporaryFolder temporary = new();
        string folder = temporary.File("adapter");
        Tensor tokens = Tensor.From([1, 2, 3, 2, 3, 1], [2, 3]);
        Tensor next = Tensor.From([2, 3, 1, 3, 1, 2], [2, 3]);
        SparseCategoricalCrossEntropy loss = new(fromLogits: true);
        Sequential network = new([3], 1, new TiedEmbedding(new Embedding(5, 8), new TransformerBlock(2, 12) { Causal = true }));

        TransformerAdapter adapter = TransformerAdapter.AddBottlenecks(network, size: 2);
        new Trainer(adapter.Network, loss, new Adam(0.01)).Fit(tokens, next, new FitOptions { Epochs = 2, BatchSize = 2 });
        adapter.Save(folder);
        Sequential adapted = TransformerAdapter.Load(folder, network).Network;   // network itself stays the base
        Assert.Equal(adapter.Network.Forward(tokens).ToArray<float>(), adapted.Forward(tokens).ToArray<float>());
        Assert.NotEqual(network.Forward(tokens).ToArray<float>(), adapted.Forward(tokens).ToArray<float>());
    }

    [Fact]
    public void A_student_learns_and_generations_follow()
    {
        Tensor inputs = RandomKey.FromSeed(1).Normal([16, 4]);
        Tensor labels = Tensor.From([.. Enumerable.Range(0, 16).Select(index => index % 3)], [16]);
        Sequential teacher = new([4], 2, new Dense(8, ActivationKind.Tanh), new Dense(3, ActivationKind.Softmax));
        Sequential student = new([4], 1, new Dense(3, ActivationKind.Tanh), new Dense(3, ActivationKind.Softmax));

        Distillation distillation = new(student, teacher, new DistillationOptions { Temperature = 2, Alpha = 0.7, HiddenStates = [new("0", "0")] });
        Trainer trainer = new(distillation, distillation.Mix(new SparseCategoricalCrossEntropy()), new Adam(0.01), new Accuracy());
        trainer.Fit(inputs, labels, new FitOptions { Epochs = 3 });
        Tensor answers = student.Forward(inputs);
        Assert.Equal([16, 3], answers.Shape);

        IReadOnlyList<Sequential> generations = BornAgain.Train(teacher, generations: 2, Fit, new DistillationOptions { Alpha = 0.5 });
        Assert.All(generations, network => Assert.Equal(teacher.ParameterCount, network.ParameterCount));

        void Fit(Distillation next) =>
            new Trainer(next, next.Mix(new SparseCategoricalCrossEntropy()), new Adam(0.01)).Fit(inputs, labels, new FitOptions { Epochs = 2 });
    }
}
