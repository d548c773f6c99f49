using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Compression.Tests;

public sealed class DistillationTests
{
    private static readonly Tensor Input = RandomKey.FromSeed(3).Normal([32, 4]);
    private static readonly Tensor Labels = Tensor.From([.. Enumerable.Range(0, 32).Select(index => index % 3)], [32]);

    // Hinton et al. 2015, in plain loops and float64; and its gradient, T (softmax(z / T) - softmax(t / T)) for each row.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(2.5)]
    public void The_soft_loss_and_its_gradient_are_those_of_the_paper(double temperature)
    {
        DistillationOptions options = new() { Temperature = temperature, FromLogits = true };
        Tensor student = RandomKey.FromSeed(1).Normal([5, 3]).To(DataType.Float64);
        Tensor teacher = RandomKey.FromSeed(2).Normal([5, 3]).To(DataType.Float64) * 3;
        (Tensor sum, Tensor[] gradients) = Gradients.ValueAndGradient(() => SoftTargets.Difference(student, teacher, options).Sum(), student);
        double expected = 0;
        double[] gradient = gradients[0].ToArray<double>();
        for (int row = 0; row < 5; row++)
        {
            double[] p = Softmax(teacher, row, temperature);
            double[] q = Softmax(student, row, temperature);
            expected += temperature * temperature * p.Zip(q).Sum(pair => pair.First * Math.Log(pair.First / pair.Second));
            for (int column = 0; column < 3; column++)
            {
                Assert.Equal(temperature * (q[column] - p[column]), gradient[(row * 3) + column], 1e-10);
            }
        }

        Assert.Equal(expected, sum.Item<double>(), 1e-10);
    }

    [Fact]
    public void A_student_of_probabilities_has_the_loss_of_one_of_logits()
    {
        Tensor logits = RandomKey.FromSeed(1).Normal([5, 3]);
        Tensor teacher = RandomKey.FromSeed(2).Normal([5, 3]);
        Assert.Equal(
            SoftTargets.Difference(logits, teacher, new DistillationOptions { FromLogits = true }).ToArray<float>(),
            SoftTargets.Difference(logits.Softmax(), teacher, new DistillationOptions()).ToArray<float>());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_student_learns_to_answer_as_its_teacher_which_does_not_change(bool caches, bool compiles)
    {
        Sequential teacher = Network(seed: 5, width: 8);
        IReadOnlyDictionary<string, Tensor> before = teacher.State();
        Sequential student = Network(seed: 1, width: 8);
        Distillation distillation = new(student, teacher, new DistillationOptions { Alpha = 1, Temperature = 2, CachesAnswers = caches });
        double untaught = Difference(student, teacher);
        Fit(distillation, epochs: 60, compiles);
        Assert.InRange(Difference(student, teacher), 0, untaught / 4);
        Assert.All(before, weight => Assert.Equal(weight.Value.ToArray<float>(), teacher.State()[weight.Key].ToArray<float>()));
        Assert.Equal(["student.0.kernel", "student.0.bias", "student.1.kernel", "student.1.bias"], distillation.NamedParameters.Select(pair => pair.Key));
    }

    [Fact]
    public void Answers_that_are_kept_teach_what_answers_to_each_batch_do()
    {
        float[] kept = Trained(caches: true);
        float[] asked = Trained(caches: false);
        Assert.All(kept.Zip(asked), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        static float[] Trained(bool caches)
        {
            Sequential student = Network(seed: 1, width: 3);
            Distillation distillation = new(student, Network(seed: 5, width: 8), new DistillationOptions { CachesAnswers = caches });
            Fit(distillation, epochs: 3);
            return student.Forward(Input).ToArray<float>();
        }
    }

    // With a share of 0 the teacher says nothing.
    [Fact]
    public void Without_a_share_of_the_teacher_a_student_learns_as_alone()
    {
        Sequential alone = Network(seed: 1, width: 3);
        new Trainer(alone, new SparseCategoricalCrossEntropy(), new Adam(0.02)).Fit(Input, Labels, new FitOptions { Epochs = 3, BatchSize = 8 });
        Sequential student = Network(seed: 1, width: 3);
        Fit(new Distillation(student, Network(seed: 5, width: 8), new DistillationOptions { Alpha = 0 }), epochs: 3);
        Assert.Equal(alone.Forward(Input).ToArray<float>(), student.Forward(Input).ToArray<float>());
    }

    [Fact]
    public void Hidden_states_of_another_width_are_matched_through_a_learnt_product()
    {
        Sequential teacher = Network(seed: 5, width: 8);
        Sequential student = Network(seed: 1, width: 3);
        Distillation distillation = new(student, teacher, new DistillationOptions { Alpha = 0.5, HiddenStates = [new("0", "0") { Weight = 10 }] });
        Parameter projection = distillation.NamedParameters.Single(pair => pair.Key == "projection0.kernel").Value;
        Assert.Equal([3, 8], projection.Type.Shape);
        float[] before = projection.Value.ToArray<float>();
        double untaught = Hint();
        Fit(distillation, epochs: 40);
        Assert.NotEqual(before, projection.Value.ToArray<float>());
        Assert.InRange(Hint(), 0, untaught / 2);
        Assert.Equal(["0.kernel", "0.bias", "1.kernel", "1.bias"], student.State().Keys);

        double Hint()
        {
            Tensor bias = distillation.NamedParameters.Single(pair => pair.Key == "projection0.bias").Value.Value;
            Tensor states = student.Layers[0].Forward(Input).MatMul(projection.Value) + bias;
            return (states - teacher.Layers[0].Forward(Input)).Square().Mean().ToDouble();
        }
    }

    [Fact]
    public void Maps_of_energy_are_those_of_the_paper()
    {
        Tensor features = RandomKey.FromSeed(1).Normal([2, 3, 2, 5]);
        float[] values = features.ToArray<float>();
        float[] found = AttentionMaps.OfFeatures(features).ToArray<float>();
        for (int sample = 0; sample < 2; sample++)
        {
            double[] energy = [.. Enumerable.Range(0, 6).Select(place => Enumerable.Range(0, 5).Sum(channel => Math.Pow(values[(((sample * 6) + place) * 5) + channel], 2)))];
            double length = Math.Sqrt(energy.Sum(value => value * value));
            Assert.All(Enumerable.Range(0, 6), place => Assert.Equal(energy[place] / length, found[(sample * 6) + place], 1e-6));
        }
    }

    [Fact]
    public void Features_learn_to_be_strong_where_the_teachers_are()
    {
        Tensor images = RandomKey.FromSeed(1).Uniform([16, 6, 6, 1]);
        Sequential teacher = Images(seed: 5, filters: 6);
        Sequential student = Images(seed: 1, filters: 2);
        Distillation distillation = new(student, teacher, new DistillationOptions { Alpha = 0, Attentions = [new("0", "0") { Weight = 100 }] });
        double untaught = Maps();
        Trainer trainer = new(distillation, distillation.Mix(new SparseCategoricalCrossEntropy()), new Adam(0.02));
        trainer.Fit(images, Labels.Slice(0, 0, 16), new FitOptions { Epochs = 40, BatchSize = 8 });
        Assert.InRange(Maps(), 0, untaught / 1.5);

        double Maps() => (AttentionMaps.OfFeatures(student.Layers[0].Forward(images)) - AttentionMaps.OfFeatures(teacher.Layers[0].Forward(images))).Square().Sum().ToDouble();
    }

    [Fact]
    public void Attentions_learn_to_look_where_the_teachers_do_whatever_their_heads()
    {
        Tensor sequences = RandomKey.FromSeed(1).Normal([16, 5, 4]);
        Tensor targets = sequences.Sum([1, 2]);
        Sequential teacher = new([5, 4], 5, new MultiHeadAttention(4), new Flatten(), new Dense(1));
        Sequential student = new([5, 4], 1, new MultiHeadAttention(2), new Flatten(), new Dense(1));
        DistillationOptions options = new() { Alpha = 0.5, AnswersAreNumbers = true, Attentions = [new("0", "0") { Weight = 1000 }] };
        Distillation distillation = new(student, teacher, options);
        History history = new Trainer(distillation, distillation.Mix(new MeanSquaredError()), new Adam(0.01)).Fit(
            sequences, targets, new FitOptions { Epochs = 30, BatchSize = 8 });
        Assert.InRange(history.Epochs[^1].Train.Loss, 0, history.Epochs[0].Train.Loss / 2);
    }

    [Fact]
    public void Metrics_read_the_labels_of_samples_with_kept_answers()
    {
        Distillation distillation = new(Network(seed: 1, width: 3), Network(seed: 5, width: 8), new DistillationOptions { CachesAnswers = true });
        Dataset<Sample> samples = distillation.Prepare(Dataset.FromTensors(Input, Labels), TestContext.Current.CancellationToken);
        Assert.Equal([4], samples.Epoch(0).First().Target!.Shape);
        Trainer kept = new(distillation, distillation.Mix(new SparseCategoricalCrossEntropy()), new Adam(), Distillation.Judge(new Accuracy()));
        Trainer plain = new(distillation, distillation.Mix(new SparseCategoricalCrossEntropy()), new Adam(), new Accuracy());
        Assert.Equal(plain.Evaluate(Input, Labels)["accuracy"], kept.Evaluate(samples)["accuracy"]);
        Assert.Equal(plain.Evaluate(Input, Labels)["accuracy"], kept.Evaluate(Input, Labels)["accuracy"]);
    }

    [Fact]
    public void What_does_not_fit_is_said_before_training()
    {
        Sequential student = Network(seed: 1, width: 3);
        Sequential teacher = Network(seed: 5, width: 8);
        Fails("The student answers with [batch, 3], but its teacher with [batch, 2]", new Sequential([4], 1, new Dense(2)), new());
        Fails("The student has no part '7': Sequential 'student' has 0, 1", teacher, new() { HiddenStates = [new("7", "0")] });
        Fails("The teacher has no part '0.1': Dense '0' has no parts", teacher, new() { HiddenStates = [new("0", "0.1")] });
        Fails("takes features [batch, places ..., channels] of the same places, but they give [1, 3] and [1, 8]", teacher, new() { Attentions = [new("0", "0")] });

        void Fails(string problem, Sequential from, DistillationOptions options) => Assert.Contains(
            problem, Assert.Throws<ArgumentException>(() => new Distillation(Network(seed: 1, width: 3), from, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generations_are_born_again_from_each_other()
    {
        Sequential first = Network(seed: 5, width: 8);
        List<double> differences = [];
        IReadOnlyList<Sequential> born = BornAgain.Train(
            first, 2, distillation => { Fit(distillation, epochs: 30); differences.Add(Difference(distillation.Student, first)); }, new DistillationOptions { Alpha = 1 });
        Assert.Equal(2, born.Count);
        Assert.Equal(Difference(born[0], first), differences[0]);
        Assert.All(born, network => Assert.Equal(first.ParameterCount, network.ParameterCount));
        Assert.InRange(Difference(born[1], first), 0, Difference(Network(seed: 2, width: 8), first) / 2);
    }

    private static Sequential Network(long seed, int width) =>
        new([4], seed, new Dense(width, ActivationKind.Tanh), new Dense(3, ActivationKind.Softmax) { KernelInitializer = new Layers.Initializers.RandomNormal(0, 1) });

    private static Sequential Images(long seed, int filters) =>
        new([6, 6, 1], seed, new Conv2D(filters, 3, ActivationKind.Relu), new Flatten(), new Dense(3, ActivationKind.Softmax));

    private static void Fit(Distillation distillation, int epochs, bool compiles = true)
    {
        Trainer trainer = new(distillation, distillation.Mix(new SparseCategoricalCrossEntropy()), new Adam(0.02)) { Compile = compiles };
        trainer.Fit(distillation.Prepare(Dataset.FromTensors(Input, Labels)), null, new FitOptions { Epochs = epochs, BatchSize = 8 });
    }

    private static double Difference(Sequential one, Sequential other) => (one.Forward(Input) - other.Forward(Input)).Abs().Mean().ToDouble();

    private static double[] Softmax(Tensor logits, int row, double temperature)
    {
        double[] powers = [.. Enumerable.Range(0, 3).Select(column => Math.Exp(logits[row, column].Item<double>() / temperature))];
        return Array.ConvertAll(powers, power => power / powers.Sum());
    }
}
