"""What people type by mistake: each is refused in one line that says what is wrong and what to type."""

import pytest

from depthlab.recipe import compose

# what is typed | what the message must say
MISTAKES = [
    # words that are not key=value
    ("depth", "'depth' is not key=value; did you mean depth="),
    ("resnet", "did you mean model=resnet?"),
    ("cifar10", "did you mean data=cifar10?"),
    ("56", "'56' is not key=value, such as depth=56"),
    ("depth:56", "did you mean depth="),
    ("=56", "'=56' has no key"),
    ("depth==56", "type depth=56, with one equals sign"),
    ("depth =56", "type depth=56"),
    ("depth=[3,3", "a bracket is not closed"),
    ("depth=(56", "a bracket is not closed"),
    ("depth={3", "a bracket is not closed"),
    ("depth='56", "a quotation mark is not closed"),
    ("data=cifar10 data.folder=/a=b", "such as 'data.folder=\"/a=b\"'"),
    ("dépth=56", "there is no key dépth; did you mean depth?"),
    ("depth=", "depth= has no value"),
    ("model.form=", "model.form= has no value: type one, such as model.form=cifar"),
    ("model.unit=", "model.unit= has no value: type one, such as model.unit=null"),
    ("tracking.uri=", "such as tracking.uri=http://127.0.0.1:5000"),
    # keys
    ("detph=56", "there is no key detph; did you mean depth?"),
    ("Depth=56", "there is no key Depth; did you mean depth?"),
    ("batch-size=64", "there is no key batch-size; did you mean batch_size?"),
    ("modle=resnet", "there is no key modle; did you mean model?"),
    ("lr=0.1", "did you mean learning_rate?"),
    ("wd=0.1", "did you mean weight_decay?"),
    ("dataset=digits", "did you mean data?"),
    ("momentum=0.9", "did you mean optimizer.momentum?"),
    ("precision=fp32", "did you mean trainer.precision?"),
    ("optimizer.momentun=0.9", "did you mean optimizer.momentum?"),
    ("modle.unit=basic", "did you mean model.unit?"),
    ("trainer.precision.x=1", "did you mean trainer.precision?"),
    ("trainer.gpus=2", "there is no key trainer.gpus; trainer has device, threads"),
    ("frobnicate=1", "the axes are depth, width, dropout"),
    ("optimizer.lr=0.1", "optimizer.lr follows learning_rate: type learning_rate=0.1"),
    ("model.depth=56", "model.depth follows depth: type depth=56"),
    ("model=plain model.shortcut=B", "model=plain has no shortcut: leave out model.shortcut=B, or type"),
    ("schedule.milestones=[0.5]", "schedule=one_cycle has no milestones"),
    ("optimizer=adamw optimizer.momentum=0.9", "optimizer=adamw has no momentum"),
    # adding and taking away
    ("+foo=1", "there is no key foo"),
    ("++foo=1", "there is no key foo"),
    ("+detph=56", "did you mean depth?"),
    ("+model=resnett", "did you mean model=resnet?"),
    ("++depth=abc", "depth must be a whole number of layers"),
    ("++model.depth=56", "model.depth follows depth: type depth=56"),
    ("+model.memory=64", "beside model._target_="),
    ("~model", "model can't be left out; it can be alexnet, densenet, "),
    ("~model=resnet", "model can't be left out"),
    ("~depth", "a key can't be taken away; set it, such as depth=56"),
    ("~optimizer.momentum", "set it, such as optimizer.momentum=0.9"),
    ("~foo", "there is no key foo"),
    ("model@net=resnet", "type it without @net"),
    ("model/unit=basic", "there is no key model/unit"),
    # options
    ("model=resnett", "there is no model=resnett; did you mean model=resnet? model can be alexnet, "),
    ("model=ResNet", "did you mean model=resnet?"),
    ("model=", "model= names no option; model can be alexnet, "),
    ("model=null", "there is no model=null"),
    ("model=[resnet,plain]", "there is no model=[resnet,plain]"),
    ("model={depth:3}", "model can be alexnet, "),
    ("optimizer=sdg", "did you mean optimizer=sgd?"),
    ("schedule=cosin", "did you mean schedule=cosine?"),
    ("data=cifar", "did you mean data=cifar10?"),
    ("trainer=gpuu", "did you mean trainer=gpu?"),
    ("tracking=wandb", "tracking can be mlflow or none"),
    ("regularization=dorpout", "did you mean regularization=dropout?"),
    ("experiment=he2016", "experiment can be he2015_resnet or none"),
    ("experiment=he2015_resnet schedule=cosine", "sets schedule.factor, schedule.milestones"),
    # several values
    ("model=resnet,plain", "add -m to run each of them"),
    ("depth=20,56", "for a value per stage type 'depth=[20,56]'"),
    ("dropout=0,5", "for a decimal number type dropout=0.5"),
    ("learning_rate=0,1", "for a decimal number type learning_rate=0.1"),
    ("data=cifar10 data.folder=/a,b", "for one text with a comma type 'data.folder=\"/a,b\"'"),
    ("weight_decay=interval(0,1)", "add -m"),
    # axes of study
    ("depth=abc", "depth must be a whole number of layers, or a list of units per stage"),
    ("depth=5.5", "not 5.5"),
    ("depth=-20", "not -20"),
    ("depth=true", "not true"),
    ("depth=[3,0,3]", "not [3,0,3]"),
    ("depth=[]", "not []"),
    ("depth=null", "not null"),
    ("depth={a:1}", "not {a:1}"),
    ("width=0", "width must be a factor above 0"),
    ("width=[16,-1,64]", "not [16,-1,64]"),
    ("dropout=1.5", "dropout must be a number from 0 to below 1 (0 is off), such as dropout=0.1, not 1.5"),
    ("dropout=1", "not 1"),
    ("dropout=-0.1", "not -0.1"),
    ("dropout=nan", "not nan"),
    ("dropout=inf", "not inf"),
    ("dropout=a_lot", "not 'a_lot'"),
    ("active_units=2.5", "active_units must be a whole number of 0 or more (0 is off), such as active_units=23"),
    ("drop_path=2", "drop_path must be a number from 0 to below 1"),
    ("weight_decay=-1e-4", "weight_decay must be a number of 0 or more"),
    ("label_smoothing=1", "label_smoothing must be a number from 0 to below 1"),
    ("cutout=-1", "cutout must be a whole number of 0 or more"),
    ("cutout=2.5", "not 2.5"),
    ("mixup=-1", "mixup must be a number of 0 or more"),
    ("cutmix=x", "cutmix must be a number of 0 or more"),
    ("seed=-1", "seed must be a whole number from 0 to 4294967295"),
    ("seed=1.5", "not 1.5"),
    ("seed=4294967296", "not 4294967296"),
    ("seed=true", "not true"),
    ("epochs=0", "epochs must be a whole number of 1 or more"),
    ("epochs=-1", "not -1"),
    ("epochs=1e3", "such as epochs=1000, not 1000.0"),
    ("batch_size=0", "batch_size must be a whole number of 1 or more"),
    ("batch_size=64.0", "such as batch_size=64, not 64.0"),
    ("learning_rate=0", "learning_rate must be a number above 0"),
    ("learning_rate=fast", "not 'fast'"),
    # axes that the model has no use for
    ("model=plain drop_path=0.2", "model=plain has no use for it; type drop_path=0, or model=preresnet, model=resnet"),
    ("model=plain regularization=drop_path", "type drop_path=0, or model=preresnet, model=resnet"),
    # what one option alone has
    ("data.crop=-1", "data.crop must be a whole number of 0 or more"),
    ("data.flip=maybe", "data.flip must be true or false"),
    ("data.validation=0", "data.validation must be a number of images, or a share above 0 and below 1"),
    ("data.validation=1.5", "not 1.5"),
    ("data=synthetic data.num_classes=1", "data.num_classes must be a whole number of 2 or more"),
    ("optimizer.momentum=1", "optimizer.momentum must be a number from 0 to below 1"),
    ("optimizer=nesterov optimizer.momentum=0", "optimizer.nesterov=true needs optimizer.momentum above 0"),
    ("optimizer=adamw optimizer.betas=[0.9]", "optimizer.betas must be a list of 2 values"),
    ("schedule=steps schedule.milestones=[0.9,0.5]", "schedule.milestones must be a list of rising values"),
    ("schedule=steps schedule.milestones=0.5", "not 0.5"),
    ("schedule.warmup=2", "schedule.warmup must be a number from 0 up to 1"),
    ("model.form=null", "model.form must be a text"),
    ("trainer.precision=fp8", "trainer.precision must be auto, fp32 or bf16"),
    ("trainer.precision=16", "not 16"),
    ("trainer.device=gpu", "trainer.device must be auto, cpu, cuda or mps"),
    ("trainer.threads=0", "trainer.threads must be a whole number from 1 to 1024, or null"),
    ("trainer.compile=yes", "trainer.compile must be true or false"),
    ("trainer.channels_last=maybe", "trainer.channels_last must be auto, true or false"),
    ("trainer.gradient_clip=0", "trainer.gradient_clip must be a number above 0, or null"),
    ("tracking.enabled=1", "tracking.enabled must be true or false"),
    ("trainer.workers=0", "trainer.workers must be a whole number from 1 to 1024"),
    ("trainer.microbatches=0", "trainer.microbatches must be a whole number of 1 or more"),
    # how runs are carried out
    ("fresh=yes", "fresh must be true or false"),
    ("sweep.cpus=2", "there is no key sweep.cpus; did you mean sweep.cpu?"),
    ("sweep=degradatoin", "there is no sweep=degradatoin; did you mean sweep=degradation? sweep can be "),
    ("ray.adress=auto", "there is no key ray.adress; did you mean ray.address?"),
    # a person's own model
    ("model._target_=my.Net model.hidden=64", "to hand hidden to my.Net, type +model.hidden=64"),
    ("model._target_=my.Net +foo=1", "there is no key foo"),
    ("model._target_=", "model._target_= has no value"),
    # what only Hydra can find
    ("hydra.foo=1", "hydra.foo"),
    ("hydra/launcher=joblib", "hydra/launcher"),
    ("depth=${nothing}", "'nothing' not found"),
]


@pytest.mark.parametrize(("typed", "said"), MISTAKES, ids=[typed for typed, _ in MISTAKES])
def test_is_told_in_one_line(typed: str, said: str) -> None:
    words = [typed] if typed == "depth =56" else typed.split(" ")
    with pytest.raises(ValueError) as caught:
        compose(words)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert len(message) < 250


def test_no_value_in_typed_lists_is_lost() -> None:
    assert len({typed for typed, _ in MISTAKES}) == len(MISTAKES) >= 50
